// The one door to the server: same origin, the session cookie, problem+json read into words.
import type { Problem } from './types';

const BASE = '/api/v1';

/** A refusal or a failure. `status` 0 means that no answer came at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.detail || problem.title);
  }

  /** True where the password must be given again before this is done. */
  get wantsPassword(): boolean {
    return this.status === 403 && this.problem.type.endsWith(':reauthenticate');
  }

  /** True where the server's event engine is missing: lists of alerts still work. */
  get engineMissing(): boolean {
    return this.status === 503 && this.problem.type.includes('engine-unavailable');
  }
}

export type Query = Record<string, string | number | null | undefined>;

/** "/alerts" and its parameters; empty ones are left out. */
export function path(route: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${route}?${text}` : route;
}

type Listener = () => void;
let whenSignedOut: Listener = () => {};

/** Called when the server says that the session is over (401 on anything but signing in). */
export function onSignedOut(listener: Listener): void {
  whenSignedOut = listener;
}

async function readProblem(response: Response): Promise<Problem> {
  const fallback = { type: 'about:blank', title: response.statusText, status: response.status };
  const type = response.headers.get('content-type') ?? '';
  if (!type.includes('json')) return fallback;
  try {
    return { ...fallback, ...((await response.json()) as Problem) };
  } catch {
    return fallback;
  }
}

/** A body that is not JSON. */
interface TextBody {
  text: string | Blob;
  type: string;
}
type Headers = Record<string, string>;

async function send(
  method: string,
  route: string,
  body?: unknown,
  signal?: AbortSignal,
  plain?: TextBody,
  more: Headers = {},
) {
  const headers: Headers = {
    ...more,
    Accept: 'application/json',
    // Problems come in the reader's language.
    'Accept-Language': document.documentElement.lang,
  };
  if (method !== 'GET') headers['X-Requested-With'] = 'tanggap';
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (plain) headers['Content-Type'] = plain.type;
  Object.assign(headers, more);
  let response: Response;
  try {
    response = await fetch(BASE + route, {
      method,
      headers,
      body: plain ? plain.text : body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
      signal,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, { type: 'about:blank', title: 'offline', status: 0 });
  }
  if (!response.ok) {
    const problem = await readProblem(response);
    if (response.status === 401 && !route.startsWith('/session')) whenSignedOut();
    throw new ApiError(response.status, problem);
  }
  return response;
}

export async function get<T>(route: string, signal?: AbortSignal): Promise<T> {
  return (await (await send('GET', route, undefined, signal)).json()) as T;
}

export async function post<T>(route: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  return (await (await send('POST', route, body, signal)).json()) as T;
}

/** Puts a text of another kind than JSON, e.g. a CSV. */
export async function putText<T>(route: string, text: string, type: string): Promise<T> {
  return (await (await send('PUT', route, undefined, undefined, { text, type })).json()) as T;
}

/** An item and the tag of the version that was seen; `patch` sends it back. */
export interface Tagged<T> {
  item: T;
  tag: string;
  /** Of a change: names the command that `/actions/{id}/undo` takes back; empty: none. */
  command: string;
}

async function tagged<T>(response: Response): Promise<Tagged<T>> {
  return {
    item: (await response.json()) as T,
    tag: response.headers.get('etag') ?? '*',
    command: response.headers.get('x-command-id') ?? '',
  };
}

export async function getTagged<T>(route: string): Promise<Tagged<T>> {
  return tagged(await send('GET', route));
}

/** Refused with 412 where the item was changed since `tag`. */
export async function patch<T>(route: string, body: unknown, tag: string): Promise<Tagged<T>> {
  return tagged(await send('PATCH', route, body, undefined, undefined, { 'If-Match': tag }));
}

/** One piece of a file. */
export async function putBytes<T>(route: string, bytes: Blob): Promise<T> {
  const plain = { text: bytes, type: 'application/octet-stream' };
  return (await (await send('PUT', route, undefined, undefined, plain)).json()) as T;
}

export async function takeBytes(route: string): Promise<Blob> {
  return (await send('GET', route)).blob();
}

/** Changes a thing whose `version` was seen: 412 where somebody was quicker. */
export async function patchSeen<T>(route: string, body: unknown, version?: number): Promise<T> {
  const seen: Record<string, string> = version === undefined ? {} : { 'If-Match': `"v${version}"` };
  return (await (await send('PATCH', route, body, undefined, undefined, seen)).json()) as T;
}

/** As post, for what is versioned. */
export async function postSeen<T>(route: string, body: unknown, version: number): Promise<T> {
  const seen = { 'If-Match': `"v${version}"` };
  return (await (await send('POST', route, body, undefined, undefined, seen)).json()) as T;
}

/** Replaces an item of a known version; 412 where it has another one by now. */
export async function putSeen<T>(route: string, body: unknown, version: number): Promise<T> {
  const headers = { 'If-Match': `"v${version}"` };
  return (await (await send('PUT', route, body, undefined, undefined, headers)).json()) as T;
}

/** Removes an item of a known version. */
export async function removeSeen(route: string, version: number): Promise<void> {
  const seen = { 'If-Match': `"v${version}"` };
  await send('DELETE', route, undefined, undefined, undefined, seen);
}

export async function removeFrom<T>(route: string): Promise<T> {
  return (await (await send('DELETE', route)).json()) as T;
}

/** A random UUID; the browser's own is missing where the page came over plain HTTP. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte, at) => {
    const value = at === 6 ? (byte & 0x0f) | 0x40 : at === 8 ? (byte & 0x3f) | 0x80 : byte;
    return value.toString(16).padStart(2, '0');
  }).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** A change that may be sent twice and happens once. */
export async function command<T>(route: string, body: unknown): Promise<T> {
  const once = { 'Idempotency-Key': newId() };
  return (await (await send('POST', route, body, undefined, undefined, once)).json()) as T;
}

export async function put<T>(route: string, body: unknown): Promise<T> {
  return (await (await send('PUT', route, body)).json()) as T;
}

/** Adds what must not be there yet: 409 where it is. */
export async function putNew<T>(route: string, body: unknown): Promise<T> {
  const none = { 'If-None-Match': '*' };
  return (await (await send('PUT', route, body, undefined, undefined, none)).json()) as T;
}

export async function remove(route: string): Promise<void> {
  await send('DELETE', route);
}

/** Bytes that the server gives for a reason, saved by the browser under `name`. */
export async function download(route: string, body: unknown, name: string): Promise<void> {
  const response = await send('POST', route, body);
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

// An error in words: what happened, what is safe, what to do next.
import type { ApiError } from './api/client';
import type { Messages } from './i18n/id';

/** What the server's problem points to when it is the reader's query that is wrong. */
const QUERY = '?q';

export interface Trouble {
  kind: 'offline' | 'denied' | 'missing' | 'busy' | 'bad' | 'server';
  title: string;
  text: string;
  /** The server's own sentence, where it says more than ours. */
  detail: string;
  instance: string;
}

/** A refusal in one sentence, for a form. */
export function refusalOf(error: ApiError, t: Messages): string {
  if (error.status === 412) return t.errors.changedMeanwhile;
  const trouble = describe(error, t);
  return trouble.detail || [trouble.title, trouble.text].filter(Boolean).join('. ');
}

export function describe(error: ApiError, t: Messages): Trouble {
  const detail = [error.problem.detail, ...(error.problem.errors ?? []).map((e) => e.detail)]
    .filter(Boolean)
    .join(' ');
  if (error.status === 400 && error.problem.errors?.some((each) => each.pointer === QUERY)) {
    // The query bar marks the place and says what is wrong; nothing is to be reported.
    return { kind: 'bad', title: t.query.wrong, text: t.query.wrongText, detail: '', instance: '' };
  }
  const rest = { detail, instance: error.problem.instance ?? '' };
  const e = t.errors;
  if (error.status === 0)
    return { kind: 'offline', title: e.offlineTitle, text: e.offline, ...rest };
  if (error.engineMissing)
    return { kind: 'busy', title: t.events.engineTitle, text: t.events.engineText, ...rest };
  if (error.status === 403)
    return { kind: 'denied', title: e.deniedTitle, text: e.denied, ...rest };
  if (error.status === 404)
    return { kind: 'missing', title: e.notFoundTitle, text: e.notFound, ...rest };
  if (error.status === 429 || error.status === 503)
    return { kind: 'busy', title: e.busyTitle, text: e.busy, ...rest };
  if (error.status < 500) return { kind: 'bad', title: e.badTitle, text: '', ...rest };
  return { kind: 'server', title: e.serverTitle, text: e.server, ...rest };
}

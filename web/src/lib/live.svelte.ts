// What changes on the server, as it changes: one stream a browser, shared by its tabs. The tab that
// holds the lock listens and tells the others; when it closes, the next one goes on from there.
// A change names an object and does not tell it: pages fetch what they show.
import { ApiError, get, path } from './api/client';

export interface Change {
  topic: string;
  /** UUID; null: many of them. */
  id: string | null;
  version: number;
  changed: string[];
}

/** `changes` undefined: some were missed, what is shown may be old. */
export type Heard = (changes: Change[] | undefined) => void;

interface Told {
  kind: 'change' | 'resync' | 'beat';
  position: number;
  change?: Change;
}

const TOPICS = 'alerts,reports,cases';
const LOCK = 'tanggap.live';
/** Changes are handed on together: a commit of the pipeline names hundreds. */
const GATHER_MS = 300;
/** After a refusal the stream is tried again, and lists are asked anew meanwhile. */
const AGAIN_MS = 15_000;
const STALE_MS = 60_000;

class Live {
  /** True while nothing has been heard for a minute. */
  stale = $state(false);
  lastHeard = $state.raw(new Date());

  #listeners = new Set<Heard>();
  #channel: BroadcastChannel | undefined;
  #stop: AbortController | undefined;
  #position = 0;
  #gathered: Change[] = [];
  #missed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;

  /** Calls `heard` until the result is called. */
  listen(heard: Heard): () => void {
    this.#listeners.add(heard);
    return () => this.#listeners.delete(heard);
  }

  start(): void {
    if (this.#stop) return;
    const stop = (this.#stop = new AbortController());
    this.lastHeard = new Date();
    this.#channel = new BroadcastChannel(LOCK);
    this.#channel.addEventListener('message', (event) => this.#take(event.data as Told));
    this.#watch = setInterval(() => {
      this.stale = Date.now() - this.lastHeard.getTime() > STALE_MS;
    }, AGAIN_MS);
    void this.#lead(stop.signal);
  }

  stop(): void {
    this.#stop?.abort();
    this.#stop = undefined;
    this.#channel?.close();
    clearInterval(this.#watch);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#gathered = [];
    this.stale = false;
  }

  async #lead(signal: AbortSignal): Promise<void> {
    const hold = () => this.#read(signal);
    try {
      // Without locks (an old browser) every tab listens for itself.
      if (navigator.locks) await navigator.locks.request(LOCK, { signal }, hold);
      else await hold();
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Listens until `signal` says stop. */
  #read(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      let source: EventSource | undefined;
      let again: ReturnType<typeof setTimeout> | undefined;
      const open = () => {
        if (signal.aborted) return;
        const after = this.#position || undefined;
        source = new EventSource('/api/v1' + path('/stream', { topics: TOPICS, after }));
        source.addEventListener('hello', (event) => this.#tell('beat', event));
        source.addEventListener('beat', (event) => this.#tell('beat', event));
        source.addEventListener('resync', (event) => this.#tell('resync', event));
        source.addEventListener('change', (event) => this.#tell('change', event));
        source.addEventListener('error', () => {
          // A cut is mended by the browser itself; a refusal ends the source.
          if (source?.readyState !== EventSource.CLOSED) return;
          again = setTimeout(() => void this.#ask(signal).then(open), AGAIN_MS);
        });
      };
      signal.addEventListener('abort', () => {
        clearTimeout(again);
        source?.close();
        resolve();
      });
      open();
    });
  }

  /** Whether the session still stands; a list that cannot listen is at least asked anew. */
  async #ask(signal: AbortSignal): Promise<void> {
    try {
      await get('/session');
      if (!signal.aborted) this.#send({ kind: 'resync', position: this.#position });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  #tell(kind: Told['kind'], event: MessageEvent<string>): void {
    const position = Number(event.lastEventId) || this.#position;
    const change = kind === 'change' ? (JSON.parse(event.data) as Change) : undefined;
    this.#send({ kind, position, change });
  }

  #send(told: Told): void {
    this.#channel?.postMessage(told);
    this.#take(told);
  }

  #take(told: Told): void {
    this.#position = told.position;
    this.lastHeard = new Date();
    this.stale = false;
    if (told.kind === 'resync') this.#missed = true;
    if (told.change) this.#gathered.push(told.change);
    if (told.kind !== 'beat') this.#timer ??= setTimeout(() => this.#hand(), GATHER_MS);
  }

  #hand(): void {
    this.#timer = undefined;
    const changes = this.#missed ? undefined : this.#gathered;
    this.#gathered = [];
    this.#missed = false;
    for (const heard of this.#listeners) heard(changes);
  }
}

export const live = new Live();

// Server data a screen shows: loaded by URL, cancelled when superseded, old data kept while new
// data comes.
import { ApiError, get } from './client';
import type { Page, Searched } from './types';

/** Loading is shown only after this long: quick answers must not flicker. */
const SLOW_AFTER_MS = 150;

export class Resource<T> {
  data = $state.raw<T>();
  error = $state.raw<ApiError>();
  loading = $state(false);
  /** True once loading has lasted long enough to be worth showing. */
  slow = $state(false);

  #url = '';
  #abort: AbortController | undefined;

  /** Loads `url`; an empty one clears. Resolves when this load is over, cancelled or not. */
  async load(url: string): Promise<void> {
    this.#abort?.abort();
    this.#url = url;
    if (!url) {
      this.data = undefined;
      this.error = undefined;
      this.loading = this.slow = false;
      return;
    }
    const abort = (this.#abort = new AbortController());
    this.loading = true;
    const timer = setTimeout(() => (this.slow = true), SLOW_AFTER_MS);
    try {
      const data = await get<T>(url, abort.signal);
      if (abort.signal.aborted) return;
      this.data = data;
      this.error = undefined;
    } catch (error) {
      if (abort.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      this.error = error;
      this.data = undefined;
    } finally {
      clearTimeout(timer);
      if (this.#abort === abort) this.loading = this.slow = false;
    }
  }

  reload(): Promise<void> {
    return this.load(this.#url);
  }

  cancel(): void {
    this.#abort?.abort();
  }
}

/** Written as a method, so that a list of anything may stand for a list of something. */
type KeyOf<T> = { of(item: T): string }['of'];

/**
 * A list read page by page, appended: rows never move under the reader. Where the server answers in
 * spans of time (a `budget_ms` in the URL), it goes on by itself until a page is full or `stop()`.
 */
export class Listing<T> {
  items = $state.raw<T[]>([]);
  next = $state<string | null>(null);
  total = $state.raw<Page<T>['total']>();
  error = $state.raw<ApiError>();
  moreError = $state.raw<ApiError>();
  loading = $state(false);
  loadingMore = $state(false);
  slow = $state(false);
  /** When the first page was read. */
  asOf = $state('');
  /** True once a first page has come for the present URL. */
  loaded = $state(false);
  /** How far the search has come; only where the server says. */
  searched = $state.raw<Searched>();
  /** True while a page is being filled span by span. */
  searching = $state(false);
  /** What all spans since `load` took. */
  elapsedMs = $state(0);

  #url = '';
  #abort: AbortController | undefined;
  #keyOf: KeyOf<T> | undefined;

  /** @param keyOf where an item's place may change while it is read: what comes again is left out */
  constructor(keyOf?: KeyOf<T>) {
    this.#keyOf = keyOf;
  }

  /** Loads the first page; an empty URL clears. */
  async load(url: string): Promise<void> {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    this.#url = url;
    this.loading = url !== '';
    this.loadingMore = this.searching = false;
    this.moreError = undefined;
    if (!url) {
      this.#empty();
      this.error = undefined;
      this.slow = this.loaded = false;
      this.asOf = '';
      return;
    }
    const timer = setTimeout(() => (this.slow = true), SLOW_AFTER_MS);
    try {
      const page = await get<Page<T>>(url, abort.signal);
      if (abort.signal.aborted) return;
      this.items = [];
      this.elapsedMs = 0;
      this.#take(page);
      this.total = page.total;
      this.asOf = page.as_of;
      this.error = undefined;
      this.loaded = true;
    } catch (error) {
      if (abort.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      this.error = error;
      this.#empty();
    } finally {
      clearTimeout(timer);
      if (this.#abort === abort) this.loading = this.slow = false;
    }
    await this.#fill(abort, this.#pageSize());
  }

  async loadMore(): Promise<void> {
    if (!this.next || this.loadingMore || this.searching || !this.#abort) return;
    const abort = this.#abort;
    const wanted = this.items.length + this.#pageSize();
    await this.#append(abort);
    await this.#fill(abort, wanted);
  }

  /** Ends a search that is under way; what was found stays, and `loadMore` goes on from there. */
  stop(): void {
    this.#abort?.abort();
    this.#abort = new AbortController();
    this.loading = this.loadingMore = this.searching = this.slow = false;
  }

  reload(): Promise<void> {
    return this.load(this.#url);
  }

  #pageSize(): number {
    return Number(new URLSearchParams(this.#url.split('?')[1]).get('limit') ?? 0);
  }

  #empty(): void {
    this.items = [];
    this.next = null;
    this.total = undefined;
    this.searched = undefined;
  }

  #take(page: Page<T>): void {
    const key = this.#keyOf ?? (() => '');
    const known = this.#keyOf ? this.items.map(key) : [];
    this.items = [...this.items, ...page.items.filter((item) => !known.includes(key(item)))];
    this.next = page.next || null;
    this.searched = page.searched;
    this.elapsedMs += page.searched?.elapsed_ms ?? 0;
  }

  /** False when the page did not come. */
  async #append(abort: AbortController): Promise<boolean> {
    const joint = this.#url.includes('?') ? '&' : '?';
    this.loadingMore = true;
    this.moreError = undefined;
    try {
      const url = `${this.#url}${joint}cursor=${encodeURIComponent(this.next ?? '')}`;
      const page = await get<Page<T>>(url, abort.signal);
      if (abort.signal.aborted) return false;
      this.#take(page);
      if (!page.next) this.total = { value: this.items.length, relation: 'eq' };
      return true;
    } catch (error) {
      if (abort.signal.aborted) return false;
      if (!(error instanceof ApiError)) throw error;
      this.moreError = error;
      return false;
    } finally {
      if (this.#abort === abort) this.loadingMore = false;
    }
  }

  async #fill(abort: AbortController, wanted: number): Promise<void> {
    let going = !abort.signal.aborted;
    while (going && this.next && this.searched && this.items.length < wanted) {
      this.searching = true;
      going = await this.#append(abort);
    }
    if (this.#abort === abort) this.searching = false;
  }
}

// Server data a screen shows: loaded by URL, cancelled when superseded, old data kept while new
// data comes.
import { ApiError, get } from './client';
import type { Page } from './types';

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

/** A list read page by page, appended: rows never move under the reader. */
export class Listing<T> {
  items = $state.raw<T[]>([]);
  next = $state<string | null>(null);
  total = $state.raw<Page<T>['total']>();
  error = $state.raw<ApiError>();
  moreError = $state.raw<ApiError>();
  loading = $state(false);
  loadingMore = $state(false);
  slow = $state(false);
  /** True once a first page has come for the present URL. */
  loaded = $state(false);

  #url = '';
  #abort: AbortController | undefined;

  async load(url: string): Promise<void> {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    this.#url = url;
    this.loading = true;
    this.loadingMore = false;
    this.moreError = undefined;
    const timer = setTimeout(() => (this.slow = true), SLOW_AFTER_MS);
    try {
      const page = await get<Page<T>>(url, abort.signal);
      if (abort.signal.aborted) return;
      this.items = page.items;
      this.next = page.next || null;
      this.total = page.total;
      this.error = undefined;
      this.loaded = true;
    } catch (error) {
      if (abort.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      this.error = error;
      this.items = [];
      this.next = null;
      this.total = undefined;
    } finally {
      clearTimeout(timer);
      if (this.#abort === abort) this.loading = this.slow = false;
    }
  }

  async loadMore(): Promise<void> {
    if (!this.next || this.loadingMore) return;
    const abort = this.#abort;
    const joint = this.#url.includes('?') ? '&' : '?';
    this.loadingMore = true;
    this.moreError = undefined;
    try {
      const url = `${this.#url}${joint}cursor=${encodeURIComponent(this.next)}`;
      const page = await get<Page<T>>(url, abort?.signal);
      if (abort?.signal.aborted) return;
      this.items = [...this.items, ...page.items];
      this.next = page.next || null;
    } catch (error) {
      if (abort?.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      this.moreError = error;
    } finally {
      if (this.#abort === abort) this.loadingMore = false;
    }
  }

  reload(): Promise<void> {
    return this.load(this.#url);
  }
}

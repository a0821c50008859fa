/* eslint-disable svelte/prefer-svelte-reactivity -- these are replaced as a whole, or nothing on screen depends on them */
// The queue as one reader has it on screen: rows or groups that stay where they are, what is chosen
// of them, and the news that wait until the reader asks.
import { acts, type Decision, type Target } from '$lib/acts.svelte';
import { ApiError, get, path } from '$lib/api/client';
import { Listing } from '$lib/api/resource.svelte';
import type { Page, TriageGroup, TriageNews, TriageRow } from '$lib/api/types';
import type { Change } from '$lib/live.svelte';
import { both } from '$lib/query/query';
import { recounted, type Grouping } from './grouping';

const PAGE_SIZE = 50;
/** The server gives no longer pages. */
const PAGE_SIZE_MAX = 500;
/** A query holds so many terms; what is beyond is read with the next change. */
const ASKED_MAX = 80;
/** News are counted at most this often: a busy hour must not keep the server counting. */
const COUNT_EVERY_MS = 2000;

export class Queue {
  /** The rows; where they are grouped, those of the group that is open. */
  list = new Listing<TriageRow>();
  groups = new Listing<TriageGroup>((group) => group.value);
  chosen = $state.raw<ReadonlySet<string>>(new Set());
  /** All that match, also beyond what is loaded, but for `left`. */
  all = $state(false);
  left = $state.raw<ReadonlySet<string>>(new Set());
  /** Rows that came into the query since it was read. */
  news = $state(0);
  /** Something changed that cannot be counted. */
  stale = $state(false);
  paused = $state(false);
  /** Rows that changed a moment ago, for a flash. */
  touched = $state.raw<ReadonlySet<string>>(new Set());

  /** Of everything on screen. */
  #q = '';
  /** Of the rows; undefined: none are shown. */
  #asked: string | undefined;
  /** The groups without their limit; empty: rows are not grouped. */
  #grouped = '';
  #missedWhilePaused = false;
  #counted = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  count = $derived.by(() => {
    if (!this.all) return this.chosen.size;
    return Math.max(0, (this.list.total?.value ?? 0) - this.left.size);
  });

  /** The rows of `q`; where they are grouped, the groups, and the rows of `open` among them. */
  async load(q: string, sort: string, by?: Grouping, open?: string): Promise<void> {
    const asked = !by ? q : open === undefined ? undefined : both(q, open);
    if (asked !== this.#asked) this.clear();
    this.#q = q;
    this.#asked = asked;
    const grouped = by ? path('/triage', { q, sort, group: by }) : '';
    // To open one of them is no reason to read them again: they stay where they are.
    const known = grouped !== '' && grouped === this.#grouped;
    this.#grouped = grouped;
    if (!known) this.#forgetNews();
    const rows = asked === undefined ? '' : path('/triage', { q: asked, sort, limit: PAGE_SIZE });
    await Promise.all([
      this.list.load(rows),
      known ? undefined : this.groups.load(grouped && `${grouped}&limit=${PAGE_SIZE}`),
    ]);
  }

  /** Reads the list anew; what is chosen stays chosen. */
  async refresh(): Promise<void> {
    this.#forgetNews();
    await Promise.all([this.list.reload(), this.groups.reload()]);
  }

  isChosen(id: string): boolean {
    return this.all ? !this.left.has(id) : this.chosen.has(id);
  }

  choose(id: string, chosen: boolean): void {
    const set = new Set(this.all ? this.left : this.chosen);
    if (chosen === this.all) set.delete(id);
    else set.add(id);
    if (this.all) this.left = set;
    else this.chosen = set;
  }

  chooseLoaded(chosen: boolean): void {
    for (const row of this.list.items) this.choose(row.id, chosen);
  }

  chooseAll(): void {
    // Nobody chooses what is not on screen: among closed groups there is nothing to choose.
    if (this.#asked === undefined) return;
    this.all = true;
    this.left = new Set();
    this.chosen = new Set();
  }

  clear(): void {
    this.all = false;
    this.left = new Set();
    this.chosen = new Set();
  }

  row(id: string | undefined): TriageRow | undefined {
    return this.list.items.find((row) => row.id === id);
  }

  /** What an act is about: all that match, the chosen, or else the one that has the focus. */
  rows(focused: string | undefined): TriageRow[] {
    if (this.count > 0) return this.list.items.filter((row) => this.isChosen(row.id));
    const row = this.row(focused);
    return row ? [row] : [];
  }

  target(focused: string | undefined): Target | undefined {
    if (this.all && this.#asked !== undefined) {
      return { scope: 'triage', q: this.#asked, as_of: this.list.asOf, exclude: [...this.left] };
    }
    const ids = this.chosen.size > 0 ? [...this.chosen] : focused ? [focused] : [];
    return ids.length > 0 ? { ids } : undefined;
  }

  /** Does it, then shows what is left of the list. Gives whether it was done. */
  async act(decision: Decision, focused: string | undefined): Promise<boolean> {
    const target = this.target(focused);
    if (!target) return false;
    const result = await acts.perform(decision, target);
    if (!result) return false;
    this.clear();
    return true;
  }

  /** After an act of ours, done or undone: what no longer matches leaves, the rest stays in place. */
  async settle(ids: string[] | undefined): Promise<void> {
    await Promise.all([this.#settleRows(ids), this.#settleGroups()]);
  }

  async #settleRows(ids: string[] | undefined): Promise<void> {
    const asked = this.#asked;
    if (asked === undefined) return;
    if (!ids || ids.length > ASKED_MAX) {
      await this.list.reload();
      return;
    }
    const shown = ids.filter((id) => this.row(id));
    if (shown.length < ids.length) {
      await this.list.reload();
      return;
    }
    const fresh = await this.#read(both(asked, idsOf(shown)), shown.length);
    if (!fresh) return;
    const gone = shown.filter((id) => !fresh.has(id));
    this.list.items = this.list.items
      .filter((row) => !gone.includes(row.id))
      .map((row) => fresh.get(row.id) ?? row);
    const total = this.list.total;
    if (total?.relation === 'eq') this.list.total = { ...total, value: total.value - gone.length };
    if (this.list.items.length === 0 && this.list.next) await this.list.reload();
  }

  async #settleGroups(): Promise<void> {
    const before = this.groups.items;
    if (!this.#grouped) return;
    const limit = Math.min(PAGE_SIZE_MAX, Math.max(PAGE_SIZE, before.length));
    try {
      const page = await get<Page<TriageGroup>>(`${this.#grouped}&limit=${limit}`);
      if (this.groups.items !== before) return; // read anew meanwhile
      const after = recounted(before, page, this.groups.next !== null);
      if (after) {
        this.groups.items = after;
        this.groups.total = page.total;
      } else {
        await this.groups.reload();
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.stale = true;
    }
  }

  /** News from the stream; undefined: some were missed. */
  heard(changes: Change[] | undefined): void {
    if (this.paused) {
      this.#missedWhilePaused = true;
      return;
    }
    const loaded = new Set(this.list.items.map((row) => row.id));
    const ids = (changes ?? []).map((change) => change.id).filter((id) => id !== null);
    const shown = [...new Set(ids)].filter((id) => loaded.has(id)).slice(0, ASKED_MAX);
    if (shown.length > 0) void this.#renew(shown);
    if (!changes || shown.length < ids.length || ids.length < changes.length) this.#countSoon();
  }

  pause(paused: boolean): void {
    this.paused = paused;
    if (!paused && this.#missedWhilePaused) {
      this.#missedWhilePaused = false;
      this.heard(undefined);
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.list.stop();
    this.groups.stop();
  }

  /** Rows on screen take their new figures; none of them moves. */
  async #renew(ids: string[]): Promise<void> {
    const fresh = await this.#read(idsOf(ids), ids.length);
    if (!fresh) return;
    this.list.items = this.list.items.map((row) => fresh.get(row.id) ?? row);
    this.touched = new Set(fresh.keys());
  }

  async #read(q: string, limit: number): Promise<Map<string, TriageRow> | undefined> {
    try {
      const page = await get<Page<TriageRow>>(path('/triage', { q, limit }));
      return new Map(page.items.map((row) => [row.id, row]));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // The rows stay as they were; the pill says that they may be old.
      this.stale = true;
      return undefined;
    }
  }

  #countSoon(): void {
    const wait = Math.max(0, this.#counted + COUNT_EVERY_MS - Date.now());
    this.#timer ??= setTimeout(() => void this.#count(), wait);
  }

  async #count(): Promise<void> {
    this.#timer = undefined;
    this.#counted = Date.now();
    const since = this.#since();
    if (!since) return;
    try {
      const news = await get<TriageNews>(path('/triage/news', { q: this.#q, since }));
      if (since === this.#since()) this.news = news.count;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.stale = true;
    }
  }

  #since(): string {
    return (this.#grouped ? this.groups : this.list).asOf;
  }

  #forgetNews(): void {
    this.news = 0;
    this.stale = false;
  }
}

function idsOf(ids: string[]): string {
  return ids.map((id) => `id:${id}`).join(' OR ');
}

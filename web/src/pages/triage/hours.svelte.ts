/* eslint-disable svelte/prefer-svelte-reactivity -- replaced as a whole, or nothing on screen depends on it */
// When the events of the alerts on screen came: asked for all rows together, and again for those
// that grew.
import { ApiError, get, path } from '$lib/api/client';
import type { TriageHours, TriageRow } from '$lib/api/types';
import { isReport } from '$lib/row';

/** The server takes so many at once. */
const AT_ONCE = 100;
/** Rows that only grew wait for each other: a busy minute must not keep the archive counting. */
const GROWN_EVERY_MS = 10_000;

export class Hours {
  /** By number: events in each of the last 24 hours, the earliest first. */
  counts = $state.raw<ReadonlyMap<string, number[]>>(new Map());
  /** The archive did not answer for some row on screen. */
  missing = $state(false);

  #rows: TriageRow[] = [];
  #asOf = '';
  /** By number: the events that the row had when its hours were asked. */
  #asked = new Map<string, number>();
  #failed = new Set<string>();
  /** The hour with which the counts begin. */
  #from = '';
  #read = 0;
  #abort: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Rows that are on screen; `asOf`: when the list was read, which makes all hours old. */
  show(rows: TriageRow[], asOf: string): void {
    this.#rows = rows.filter((row) => !isReport(row));
    if (asOf !== this.#asOf) {
      this.#asOf = asOf;
      this.#asked.clear();
      this.#abort?.abort();
      this.#abort = undefined;
    }
    const due = this.#due();
    if (due.some((row) => !this.#asked.has(row.number))) {
      void this.#ask(due);
    } else if (due.length > 0) {
      const wait = Math.max(0, this.#read + GROWN_EVERY_MS - Date.now());
      this.#timer ??= setTimeout(() => void this.#ask(this.#due()), wait);
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#abort?.abort();
    this.#abort = undefined;
  }

  #due(): TriageRow[] {
    return this.#rows.filter((row) => this.#asked.get(row.number) !== row.events);
  }

  async #ask(due: TriageRow[]): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#read = Date.now();
    for (const row of due) this.#asked.set(row.number, row.events);
    const abort = (this.#abort ??= new AbortController());
    for (let at = 0; at < due.length; at += AT_ONCE) {
      const alerts = due.slice(at, at + AT_ONCE).map((row) => row.number);
      try {
        const url = path('/triage/hours', { alerts: alerts.join(',') });
        this.#take(await get<TriageHours>(url, abort.signal), alerts);
      } catch (error) {
        if (abort.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        // Asked again when the list is read anew; until then the column says that it is not known.
        for (const row of due.slice(at)) this.#failed.add(row.number);
        this.missing = true;
        return;
      }
    }
    // The hour changed meanwhile: the others are asked for anew.
    const old = this.#due().filter((row) => !this.#asked.has(row.number));
    if (old.length > 0) void this.#ask(old);
  }

  /** Of rows that left nothing is kept; a new hour makes all counts old. */
  #take(answer: TriageHours, asked: string[]): void {
    const shown = new Set(this.#rows.map((row) => row.number));
    const kept = answer.from === this.#from ? this.counts : [];
    const all = [...kept, ...Object.entries(answer.alerts)];
    this.counts = new Map(all.filter(([number]) => shown.has(number)));
    if (this.#from && answer.from !== this.#from) {
      this.#asked = new Map([...this.#asked].filter(([number]) => asked.includes(number)));
      this.#failed.clear();
    }
    this.#from = answer.from;
    for (const number of asked) this.#failed.delete(number);
    this.missing = [...this.#failed].some((number) => shown.has(number));
  }
}

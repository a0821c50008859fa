// The histogram of a search. Over all time it is asked again, closer and closer, until the bars
// fill the picture: an archive may hold one week of ten years ago.
import { edgeTime, occupied } from './buckets';
import { ApiError, get, path } from './client';
import type { Histogram } from './types';

const BUCKETS = 60;
const EARLIEST = '1995-01-01T00:00:00Z';
const LATEST = 'now';
const CLOSER_MAX = 4;
/** Good enough once the occupied part takes this share of the picture. */
const FILLED_SHARE = 0.4;

export class HistogramResource {
  data = $state.raw<Histogram>();
  error = $state.raw<ApiError>();
  loading = $state(false);

  #abort: AbortController | undefined;

  async load(search: { q: string; from?: string; to?: string }): Promise<void> {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    this.loading = true;
    try {
      const data = await this.#fit(search, abort.signal);
      if (abort.signal.aborted) return;
      this.data = data;
      this.error = undefined;
    } catch (error) {
      if (abort.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      this.error = error;
      this.data = undefined;
    } finally {
      if (this.#abort === abort) this.loading = false;
    }
  }

  async #fit(search: { q: string; from?: string; to?: string }, signal: AbortSignal) {
    const ask = (from: string, to: string) =>
      get<Histogram>(
        path('/events/histogram', { q: search.q, from, to, buckets: BUCKETS }),
        signal,
      );
    let data = await ask(search.from ?? EARLIEST, search.to ?? LATEST);
    if (search.from !== undefined) return data;
    for (let round = 0; round < CLOSER_MAX; round += 1) {
      const part = occupied(data);
      if (!part || part.end - part.first >= data.counts.length * FILLED_SHARE) break;
      if (data.bucket_seconds <= 1) break;
      data = await ask(edgeTime(data, part.first), edgeTime(data, part.end));
    }
    return data;
  }
}

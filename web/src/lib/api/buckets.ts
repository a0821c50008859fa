// The bars of a histogram and their times.
import type { Histogram } from './types';

/** From the first bar that holds something to the end of the last; undefined where none does. */
export function occupied(data: Histogram): { first: number; end: number } | undefined {
  const first = data.counts.findIndex((count) => count > 0);
  if (first < 0) return undefined;
  return { first, end: data.counts.findLastIndex((count) => count > 0) + 1 };
}

/** The moment of a bar's left edge; `edge` may be the number of bars, for the end. */
export function edgeTime(data: Histogram, edge: number): string {
  return new Date(Date.parse(data.from) + edge * data.bucket_seconds * 1000).toISOString();
}

// The time range of a search as the URL holds it.

export const PRESETS = ['now-15m', 'now-1h', 'now-24h', 'now-7d', 'now-30d', 'all'] as const;
export const DEFAULT_FROM = 'now-24h';

export interface Range {
  from: string;
  to: string;
}

export function rangeOf(query: URLSearchParams): Range {
  return { from: query.get('from') || DEFAULT_FROM, to: query.get('to') ?? '' };
}

/** For the server, which knows no "all": no bound at all. */
export function bounds(range: Range): { from?: string; to?: string } {
  return { from: range.from === 'all' ? undefined : range.from, to: range.to || undefined };
}

/** True where the range is one of the presets. */
export function isPreset(range: Range): boolean {
  return range.to === '' && (PRESETS as readonly string[]).includes(range.from);
}

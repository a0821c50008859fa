// Where a figure leads: the list and the query that have the same count.
import type { Statistics } from '$lib/api/types';
import { href } from '$lib/router';

const pages = { alerts: '/triage', cases: '/cases', reports: '/reports', events: '/events' };

export function linkOf(
  statistics: Statistics,
  list: keyof typeof pages | '',
  q: string,
): string | undefined {
  if (!list) return undefined;
  // The queue holds reports as well: an alert's figure is of alerts alone.
  const asked = list === 'alerts' ? `${q} kind:alert` : q;
  const when = list === 'events' ? { from: statistics.from, to: statistics.to } : {};
  return href(pages[list], { q: asked, ...when });
}

/** "2026-10" and one month on or back; nothing where the period is no month. */
export function monthBeside(period: string, step: -1 | 1): string | undefined {
  const [, year, month] = /^(\d{4})-(\d{2})$/.exec(period) ?? [];
  if (!year || !month) return undefined;
  const months = Number(year) * 12 + Number(month) - 1 + step;
  return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}`;
}

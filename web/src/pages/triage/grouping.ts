// The queue in groups: by what, how a group is called, and how its figures change in place.
import type { Page, TriageGroup } from '$lib/api/types';

/** In the order of the chooser. */
export const GROUPINGS = ['rule', 'source', 'organisation'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** From the URL: what is unknown means rows one by one. */
export const groupingOf = (text: string | null): Grouping | undefined =>
  GROUPINGS.find((each) => each === text);

/**
 * The groups on screen with new figures. None moves; one without rows leaves; one that came, or
 * came back, stands at the end. Undefined: what became of one cannot be told from this page.
 * @param more whether there were groups beyond those on screen
 */
export function recounted(
  before: TriageGroup[],
  page: Pick<Page<TriageGroup>, 'items' | 'next'>,
  more: boolean,
): TriageGroup[] | undefined {
  const find = (groups: TriageGroup[], value: string) =>
    groups.find((each) => each.value === value);
  const kept = before.flatMap((each) => find(page.items, each.value) ?? []);
  if (kept.length < before.length && page.next) return undefined;
  const came = more ? [] : page.items.filter((each) => !find(before, each.value));
  return [...kept, ...came];
}

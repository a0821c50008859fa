// The columns of the queue beside priority and title: those that fit, or those a reader chose.
import type { Messages } from '$lib/i18n/id';
import type { QueueTexts } from '$lib/i18n/queue';

/** In the order of the table. */
export const COLUMNS = [
  'number',
  'source',
  'technique',
  'asset',
  'sensor',
  'events',
  'hours',
  'outcome',
  'first_seen',
  'last_seen',
  'assignee',
] as const;
export type Column = (typeof COLUMNS)[number];

/** What is kept of a reader who chose nothing: the standard ones, as far as there is room. */
export const AUTOMATIC = 'auto';
const STANDARD = ['asset', 'events', 'hours', 'outcome', 'last_seen', 'assignee'];

/** From what is kept, and for keeping it: what is unknown falls away. */
export const columnsOf = (kept: string): Column[] =>
  inOrder(kept === AUTOMATIC ? STANDARD : kept.split(','));
export const keptOf = (chosen: string[]): string => inOrder(chosen).join();

const inOrder = (names: string[]) => COLUMNS.filter((each) => names.includes(each));

export function columnName(column: Column, t: Messages, own: QueueTexts): string {
  const names: Record<Column, string> = {
    number: t.alerts.number,
    source: t.alert.source,
    technique: t.alert.technique,
    asset: t.triage.assetOwner,
    sensor: t.alert.sensor,
    events: t.alerts.events,
    hours: own.hours,
    outcome: t.alerts.outcome,
    first_seen: t.alerts.firstSeen,
    last_seen: t.alerts.lastSeen,
    assignee: t.triage.assignee,
  };
  return names[column];
}

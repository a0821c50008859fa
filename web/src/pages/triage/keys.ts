// The keys of the queue; those of the acts are in ui/acts/keys.ts.
import { queueTexts } from '$lib/i18n/queue';
import { keyboard } from '$lib/keys.svelte';
import { say } from '$lib/say.svelte';

export interface Moves {
  /** Down, or up where negative; `extend` chooses the rows on the way. */
  step: (by: number, extend: boolean) => void;
  select: () => void;
  all: () => void;
  none: () => void;
  peek: () => void;
  filter: (negate: boolean) => void;
  pause: () => void;
  refresh: () => void;
  note: () => void;
  columns: () => void;
  rail: () => void;
  close: () => void;
}

/** Binds them until the result is called. */
export function queueKeys(does: Moves): () => void {
  const k = () => say.t.triage.keys;
  const down = () => say.t.keys.down;
  const up = () => say.t.keys.up;
  const table: [string, () => string, () => void][] = [
    ['j', down, () => does.step(1, false)],
    ['k', up, () => does.step(-1, false)],
    ['ArrowDown', down, () => does.step(1, false)],
    ['ArrowUp', up, () => does.step(-1, false)],
    ['J', () => k().extendDown, () => does.step(1, true)],
    ['K', () => k().extendUp, () => does.step(-1, true)],
    ['Space', () => k().peek, does.peek],
    ['x', () => k().select, does.select],
    ['* a', () => k().all, does.all],
    ['* n', () => k().none, does.none],
    ['+', () => k().filterFor, () => does.filter(false)],
    ['-', () => k().filterOut, () => does.filter(true)],
    ['.', () => k().pause, does.pause],
    ['r', () => k().refresh, does.refresh],
    ['n', () => say.t.reports.note, does.note],
    ['v', () => queueTexts[say.locale].columns, does.columns],
    ['[', () => k().rail, does.rail],
    [']', () => k().panel, does.peek],
    ['Escape', () => say.t.keys.close, does.close],
  ];
  return keyboard.add(table.map(([keys, label, run]) => ({ keys, group: 'lists', label, run })));
}

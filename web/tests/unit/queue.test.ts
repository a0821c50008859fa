import { describe, expect, it } from 'vitest';
import type { TriageGroup, TriageRow } from '$lib/api/types';
import { AUTOMATIC, columnsOf, keptOf } from '../../src/pages/triage/columns';
import { GROUPINGS, groupingOf, recounted } from '../../src/pages/triage/grouping';
import { noteOn } from '../../src/pages/triage/note';
import { sparkPath } from '../../src/pages/triage/spark';

describe('the columns of the queue', () => {
  it('are the standard ones until a reader chooses', () => {
    expect(columnsOf(AUTOMATIC)).toEqual([
      'asset',
      'events',
      'hours',
      'outcome',
      'last_seen',
      'assignee',
    ]);
  });

  it('stand in the order of the table, whatever was ticked first', () => {
    expect(columnsOf(keptOf(['assignee', 'number']))).toEqual(['number', 'assignee']);
  });

  it('may be none, and no longer hold what the table no longer has', () => {
    expect(columnsOf(keptOf([]))).toEqual([]);
    expect(columnsOf('asset,colour')).toEqual(['asset']);
  });
});

describe('the groups of the queue', () => {
  const group = (value: string, rows: number) => ({ value, rows }) as TriageGroup;
  const before = [group('b', 3), group('a', 2), group('', 1)];

  it('are those that the server knows', () => {
    expect(GROUPINGS.map(groupingOf)).toEqual([...GROUPINGS]);
    expect(groupingOf(null)).toBeUndefined();
    expect(groupingOf('colour')).toBeUndefined();
  });

  it('keep their places when they are counted anew', () => {
    const items = [group('a', 9), group('', 1), group('b', 2)];
    expect(recounted(before, { items, next: null }, false)).toEqual([
      group('b', 2),
      group('a', 9),
      group('', 1),
    ]);
  });

  it('leave when their last row has left', () => {
    const items = [group('a', 2), group('', 1)];
    expect(recounted(before, { items, next: null }, false)).toEqual([group('a', 2), group('', 1)]);
  });

  it('stand at the end when they come back, but not among those of a later page', () => {
    const items = [group('c', 1), group('a', 2), group('b', 3), group('', 1)];
    expect(recounted(before, { items, next: null }, false)?.at(-1)).toEqual(group('c', 1));
    expect(recounted(before, { items, next: 'more' }, true)).toEqual(before);
  });

  it('are read anew where one is missing that may only be further down', () => {
    const items = [group('a', 2), group('', 1)];
    expect(recounted(before, { items, next: 'more' }, true)).toBeUndefined();
  });
});

describe('a note on a row', () => {
  const row = (more: Partial<TriageRow>) =>
    ({ id: 'x', number: 'ALR-7', kind: 'alert', case_id: null, ...more }) as TriageRow;

  it('of a report is kept with the report', () => {
    expect(noteOn(row({ kind: 'report', case_id: 'c' }), 'called')).toEqual({
      route: '/reports/x/notes',
      body: { text: 'called' },
    });
  });

  it('of an alert is a fact of its case, and names the alert', () => {
    expect(noteOn(row({ case_id: 'c' }), 'scanner')).toEqual({
      route: '/cases/c/entries',
      body: { kind: 'fact', text: 'ALR-7: scanner', at: null },
    });
  });

  it('of an alert without a case has no place', () => {
    expect(noteOn(row({}), 'scanner')).toBeUndefined();
  });
});

describe('sparkPath', () => {
  it('draws the highest as high as there is room', () => {
    expect(sparkPath([2, 4], 24)).toBe('M0 24v-12h.8v12zM1 24v-24h.8v24z');
  });

  it('shows one among thousands, and nothing for nothing', () => {
    expect(sparkPath([1, 0, 5000], 24)).toBe('M0 24v-1h.8v1zM2 24v-24h.8v24z');
    expect(sparkPath([0, 0], 24)).toBe('');
  });
});

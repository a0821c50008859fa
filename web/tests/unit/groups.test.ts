import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TriageRow } from '$lib/api/types';
import { Hours } from '../../src/pages/triage/hours.svelte';
import { Queue } from '../../src/pages/triage/queue.svelte';

// It speaks the reader's language, which needs a window; nothing here acts.
vi.mock('$lib/acts.svelte', () => ({ acts: {} }));

const AS_OF = '2026-11-30T08:00:00Z';
let asked: URL[] = [];

/** Answers each question by its path and parameters. */
function serve(answer: (url: URL) => object): void {
  asked = [];
  vi.stubGlobal('document', { documentElement: { lang: 'en' } });
  vi.stubGlobal('fetch', (path: string, { signal }: { signal?: AbortSignal }) => {
    const url = new URL(path, 'http://console.example');
    asked.push(url);
    const json = () => Promise.resolve(answer(url));
    signal?.throwIfAborted();
    return Promise.resolve({ ok: true, status: 200, json });
  });
}
const page = (items: object[]) => ({
  items,
  next: null,
  total: { value: items.length, relation: 'eq' },
  as_of: AS_OF,
});
const questions = () => asked.map((url) => Object.fromEntries(url.searchParams));

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a queue in groups', () => {
  beforeEach(() =>
    serve((url) =>
      url.searchParams.has('group')
        ? page([{ value: 'r-1', q: 'rule:r-1', rows: 2 }])
        : page([{ id: 'u-1' }, { id: 'u-2' }]),
    ),
  );

  it('asks for the groups alone while all are closed', async () => {
    const queue = new Queue();
    await queue.load('is:open OR is:mine', '-priority', 'rule');
    expect(questions()).toEqual([
      { q: 'is:open OR is:mine', sort: '-priority', group: 'rule', limit: '50' },
    ]);
    expect(queue.groups.items).toHaveLength(1);
    expect(queue.list.items).toEqual([]);
  });

  it('asks for the rows of the open one, and not for the groups again', async () => {
    const queue = new Queue();
    await queue.load('is:open OR is:mine', '-priority', 'rule');
    await queue.load('is:open OR is:mine', '-priority', 'rule', 'rule:r-1');
    expect(questions().slice(1)).toEqual([
      { q: '(is:open OR is:mine) rule:r-1', sort: '-priority', limit: '50' },
    ]);
    await queue.load('is:open OR is:mine', '-priority', 'rule');
    expect(questions()).toHaveLength(2);
    expect(queue.list.items).toEqual([]);
  });

  it('never acts on all where no group is open', async () => {
    const queue = new Queue();
    await queue.load('is:open', '-priority', 'rule');
    queue.chooseAll();
    expect(queue.target(undefined)).toBeUndefined();
  });

  it('acts on all of the open group, and on no other', async () => {
    const queue = new Queue();
    await queue.load('is:open', '-priority', 'rule', 'rule:r-1');
    queue.chooseAll();
    expect(queue.count).toBe(2);
    expect(queue.target(undefined)).toEqual({
      scope: 'triage',
      q: 'is:open rule:r-1',
      as_of: AS_OF,
      exclude: [],
    });
    await queue.load('is:open', '-priority', 'rule');
    expect(queue.count).toBe(0);
    expect(queue.target(undefined)).toBeUndefined();
  });

  it('is rows again when it is grouped no more', async () => {
    const queue = new Queue();
    await queue.load('', '-priority', 'rule');
    await queue.load('', '-priority');
    expect(questions().at(-1)).toEqual({ sort: '-priority', limit: '50' });
    expect(queue.groups.items).toEqual([]);
    expect(queue.list.items).toHaveLength(2);
  });

  it('counts its groups after an act', async () => {
    const queue = new Queue();
    await queue.load('is:open', '-priority', 'rule', 'rule:r-1');
    serve((url) =>
      url.searchParams.has('group')
        ? page([{ value: 'r-1', q: 'rule:r-1', rows: 1 }])
        : page([{ id: 'u-2' }]),
    );
    await queue.settle(['u-1', 'u-2']);
    expect(queue.list.items).toEqual([{ id: 'u-2' }]);
    expect(queue.groups.items[0]?.rows).toBe(1);
    expect(questions()).toContainEqual({
      q: '(is:open rule:r-1) (id:u-1 OR id:u-2)',
      limit: '2',
    });
  });
});

describe('hours of the rows on screen', () => {
  const alert = (number: number, events = 1) =>
    ({ kind: 'alert', number: `ALR-${number}`, events }) as TriageRow;
  const numbers = () => asked.map((url) => url.searchParams.get('alerts'));
  const arrived = (hours: Hours, number: string) =>
    vi.waitUntil(() => hours.counts.get(number) !== undefined);

  beforeEach(() =>
    serve((url) => ({
      from: AS_OF,
      alerts: Object.fromEntries(
        (url.searchParams.get('alerts') ?? '').split(',').map((each) => [each, [0, asked.length]]),
      ),
    })),
  );

  it('are asked for all alerts at once, and not for reports', async () => {
    const hours = new Hours();
    hours.show([alert(1), alert(2), { kind: 'report', number: 'LPR-1' } as TriageRow], AS_OF);
    await arrived(hours, 'ALR-2');
    expect(numbers()).toEqual(['ALR-1,ALR-2']);
  });

  it('are asked of a next page for its rows only', async () => {
    const hours = new Hours();
    hours.show([alert(1)], AS_OF);
    await arrived(hours, 'ALR-1');
    hours.show([alert(1), alert(2)], AS_OF);
    await arrived(hours, 'ALR-2');
    expect(numbers()).toEqual(['ALR-1', 'ALR-2']);
    expect(hours.counts.get('ALR-1')).toEqual([0, 1]);
  });

  it('are asked a hundred at a time', async () => {
    const hours = new Hours();
    hours.show(
      Array.from({ length: 101 }, (_, at) => alert(at + 1)),
      AS_OF,
    );
    await arrived(hours, 'ALR-101');
    expect(numbers().map((text) => text?.split(',').length)).toEqual([100, 1]);
  });

  it('of rows that grew wait, and come together', async () => {
    vi.useFakeTimers();
    const hours = new Hours();
    hours.show([alert(1), alert(2)], AS_OF);
    await vi.advanceTimersByTimeAsync(0);
    hours.show([alert(1, 5), alert(2)], AS_OF);
    hours.show([alert(1, 6), alert(2, 9)], AS_OF);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(numbers()).toEqual(['ALR-1,ALR-2']);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(numbers()).toEqual(['ALR-1,ALR-2', 'ALR-1,ALR-2']);
  });

  it('are missing where the archive does not answer, and asked with the next list', async () => {
    const hours = new Hours();
    vi.stubGlobal('fetch', () =>
      Promise.resolve({ ok: false, status: 503, headers: new Headers(), statusText: 'away' }),
    );
    hours.show([alert(1)], AS_OF);
    await vi.waitUntil(() => hours.missing);
    serve(() => ({ from: AS_OF, alerts: { 'ALR-1': [3] } }));
    hours.show([alert(1)], AS_OF);
    expect(asked).toHaveLength(0);
    hours.show([alert(1)], '2026-11-30T09:00:00Z');
    await arrived(hours, 'ALR-1');
    expect(hours.missing).toBe(false);
  });

  it('of an hour before are asked for anew when a later answer begins with another', async () => {
    const hours = new Hours();
    hours.show([alert(1)], AS_OF);
    await arrived(hours, 'ALR-1');
    serve((url) => ({
      from: '2026-11-30T10:00:00Z',
      alerts: Object.fromEntries(
        (url.searchParams.get('alerts') ?? '').split(',').map((each) => [each, [7]]),
      ),
    }));
    hours.show([alert(1), alert(2)], AS_OF);
    await vi.waitUntil(() => hours.counts.get('ALR-1')?.[0] === 7);
    expect(hours.counts.get('ALR-2')).toEqual([7]);
  });

  it('stay missing while a row that failed is on screen', async () => {
    const hours = new Hours();
    vi.stubGlobal('fetch', () =>
      Promise.resolve({ ok: false, status: 503, headers: new Headers(), statusText: 'away' }),
    );
    hours.show([alert(1)], AS_OF);
    await vi.waitUntil(() => hours.missing);
    serve(() => ({ from: AS_OF, alerts: { 'ALR-2': [3] } }));
    hours.show([alert(1), alert(2)], AS_OF);
    await arrived(hours, 'ALR-2');
    expect(hours.missing).toBe(true);
    hours.show([alert(2), alert(3)], AS_OF);
    await vi.waitUntil(() => !hours.missing);
  });
});

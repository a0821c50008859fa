import { afterEach, describe, expect, it, vi } from 'vitest';
import { Listing } from '$lib/api/resource.svelte';

interface Answer {
  items: number[];
  next: string | null;
  searched?: { events: number; of: number; down_to: string; complete: boolean; elapsed_ms: number };
}

/** A search over `of` events that the server answers in spans. */
function span(items: number[], events: number, of = 10): Answer {
  const complete = events === of;
  const searched = { events, of, down_to: '2026-10-01T00:00:00Z', complete, elapsed_ms: 400 };
  return { items, next: complete ? null : `at${events}`, searched };
}

function serve(answers: (Answer | Promise<Answer>)[]): string[] {
  const asked: string[] = [];
  vi.stubGlobal('document', { documentElement: { lang: 'en' } });
  vi.stubGlobal('fetch', async (url: string, { signal }: { signal: AbortSignal }) => {
    asked.push(url);
    const answer = await answers.shift();
    signal.throwIfAborted();
    return { ok: true, status: 200, json: () => Promise.resolve({ total: {}, ...answer }) };
  });
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

describe('a list that is searched span by span', () => {
  it('goes on until a page is full', async () => {
    const asked = serve([span([], 3), span([1], 5), span([2], 7), span([3], 9), span([], 10)]);
    const list = new Listing<number>();
    await list.load('/events?limit=2');
    expect(list.items).toEqual([1, 2]);
    expect(list.searching).toBe(false);
    expect(list.elapsedMs).toBe(1200);
    expect(asked.at(-1)).toContain('cursor=at5');
    await list.loadMore();
    expect(list.items).toEqual([1, 2, 3]);
  });

  it('ends when everything is searched', async () => {
    const asked = serve([span([], 5), span([1], 10)]);
    const list = new Listing<number>();
    await list.load('/events?limit=50');
    expect(list.searched?.complete).toBe(true);
    expect(list.next).toBeNull();
    expect(list.total).toEqual({ value: 1, relation: 'eq' });
    expect(asked).toHaveLength(2);
  });

  it('stops when told to, keeps what it found and can go on', async () => {
    let arrive: (answer: Answer) => void = () => {};
    const late = new Promise<Answer>((resolve) => (arrive = resolve));
    const asked = serve([span([1], 3), late, span([2], 10)]);
    const list = new Listing<number>();
    const loading = list.load('/events?limit=50');
    await vi.waitUntil(() => list.searching);
    list.stop();
    arrive(span([9], 6));
    await loading;
    expect(list.searching).toBe(false);
    expect(list.items).toEqual([1]);
    expect(list.next).toBe('at3');
    await list.loadMore();
    expect(list.items).toEqual([1, 2]);
    expect(asked.at(-1)).toContain('cursor=at3');
  });

  it('is cleared by an empty URL, which asks nothing', async () => {
    const asked = serve([{ items: [1], next: 'more' }]);
    const list = new Listing<number>();
    await list.load('/alerts?limit=50');
    await list.load('');
    expect([list.items, list.next, list.total, list.asOf]).toEqual([[], null, undefined, '']);
    expect([list.loading, list.loaded]).toEqual([false, false]);
    await list.reload();
    expect(asked).toHaveLength(1);
  });

  it('leaves lists without spans alone', async () => {
    const asked = serve([{ items: [1], next: 'more' }]);
    const list = new Listing<number>();
    await list.load('/alerts?limit=50');
    expect(list.next).toBe('more');
    expect(asked).toHaveLength(1);
  });
});

describe('a list whose items may move while it is read', () => {
  it('leaves out what is there already', async () => {
    serve([
      { items: [1, 2], next: 'at2' },
      { items: [2, 3], next: null },
    ]);
    const list = new Listing<number>(String);
    await list.load('/things?limit=2');
    await list.loadMore();
    expect(list.items).toEqual([1, 2, 3]);
    expect(list.total).toEqual({ value: 3, relation: 'eq' });
  });
});

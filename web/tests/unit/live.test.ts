import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { live, type Heard } from '$lib/live.svelte';

class Source extends EventTarget {
  static readonly CLOSED = 2;
  static all: Source[] = [];
  readyState = 1;
  constructor(readonly url: string) {
    super();
    Source.all.push(this);
  }
  close() {
    this.readyState = Source.CLOSED;
  }
  tell(kind: string, data = '') {
    this.dispatchEvent(new MessageEvent(kind, { data, lastEventId: '7' }));
  }
}
const CHANGE = JSON.stringify({ topic: 'alerts', id: 'a', version: 1, changed: [] });
const last = () => Source.all.at(-1) as Source;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', Source);
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('document', { documentElement: { lang: 'id' } });
  Source.all = [];
});
afterEach(() => {
  live.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('a stream that is stopped with a change on its way tells the changes of the next one', () => {
  const heard = vi.fn<Heard>();
  const unlisten = live.listen(heard);
  live.start();
  last().tell('change', CHANGE);
  live.stop();
  live.start();
  last().tell('change', CHANGE);
  vi.advanceTimersByTime(1000);
  unlisten();
  expect(heard).toHaveBeenCalledTimes(1);
  expect(heard.mock.calls[0]?.[0]).toHaveLength(1);
});

it('a stream that was refused is not opened again once it is stopped', async () => {
  let answer = (_: Response) => {};
  vi.stubGlobal('fetch', () => new Promise<Response>((resolve) => (answer = resolve)));
  live.start();
  last().close();
  last().dispatchEvent(new Event('error'));
  await vi.advanceTimersByTimeAsync(20_000);
  live.stop();
  answer(Response.json({}));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(Source.all).toHaveLength(1);
});

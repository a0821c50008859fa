import { expect, it } from 'vitest';
import { edgeTime, occupied } from '$lib/api/buckets';

const data = {
  from: '2026-10-03T00:00:00Z',
  bucket_seconds: 60,
  counts: [0, 0, 5, 0, 1, 0],
  detected: [0, 0, 1, 0, 0, 0],
};

it('finds the occupied part', () => {
  expect(occupied(data)).toEqual({ first: 2, end: 5 });
  expect(occupied({ ...data, counts: [0, 0] })).toBeUndefined();
});

it('knows the time of every edge, the last one too', () => {
  expect(edgeTime(data, 0)).toBe('2026-10-03T00:00:00.000Z');
  expect(edgeTime(data, 6)).toBe('2026-10-03T00:06:00.000Z');
});

import { describe, expect, it } from 'vitest';
import { fieldText, flatten, summarise } from '$lib/event';

const event = {
  '@timestamp': '2026-10-03T07:05:09Z',
  source: { ip: '203.0.113.7' },
  http: { request: { method: 'GET' }, response: { status_code: 404 } },
  url: { original: '/.git/config' },
  rule: { name: null },
  tags: ['a', 'b'],
};

it('flatten gives leaves by name, arrays as several values', () => {
  expect(flatten(event).map((field) => field.name)).toEqual([
    '@timestamp',
    'http.request.method',
    'http.response.status_code',
    'source.ip',
    'tags',
    'url.original',
  ]);
  expect(flatten(event).find((field) => field.name === 'tags')?.values).toEqual(['a', 'b']);
});

describe('fieldText', () => {
  it.each([
    ['source.ip', '203.0.113.7'],
    ['http.response.status_code', '404'],
    ['tags', 'a'],
    ['source', ''],
    ['no.such.field', ''],
  ])('%s', (name, text) => expect(fieldText(event, name)).toBe(text));

  it('also finds a name that holds a dot itself', () => {
    expect(fieldText({ 'user.name': 'root' }, 'user.name')).toBe('root');
  });
});

it.each([
  [event, 'GET /.git/config 404'],
  [{ message: 'Failed password' }, 'Failed password'],
  [{ event: { original: 'raw line' } }, 'raw line'],
  [{}, ''],
])('summarise %#', (given, text) => expect(summarise(given)).toBe(text));

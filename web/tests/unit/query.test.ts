import { describe, expect, it } from 'vitest';
import {
  addFilter,
  both,
  byteToIndex,
  markErrors,
  quoteValue,
  removeTerm,
  splitTerms,
  term,
} from '$lib/query/query';

describe('quoteValue', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['web-1', 'web-1'],
    ['root@vpn-1', 'root@vpn-1'],
    ['Dinas Kesehatan', '"Dinas Kesehatan"'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['now*', '"now*"'],
    ['2001:db8::1', '"2001:db8::1"'],
    ['OR', '"OR"'],
    ['-1', '"-1"'],
    ['', '""'],
  ])('%j is written %s', (value, text) => expect(quoteValue(value)).toBe(text));
});

describe('splitTerms', () => {
  it.each([
    ['is:open severity>=high', ['is:open', 'severity>=high']],
    ['  a:"two words"   -b:c ', ['a:"two words"', '-b:c']],
    ['(a:1 OR b:2) c:3', ['(a:1 OR b:2)', 'c:3']],
    ['a:1 AND b:2', ['a:1', 'b:2']],
    ['a:1 OR b:2', ['a:1 OR b:2']],
    ['NOT a:1 b:2', ['NOT a:1', 'b:2']],
    ['a:"unclosed b', ['a:"unclosed b']],
    ['a:"quote \\" inside" b', ['a:"quote \\" inside"', 'b']],
    ['', []],
  ])('%j', (text, terms) => expect(splitTerms(text)).toEqual(terms));

  it('gives back what it was given, term by term', () => {
    const text = 'is:open -source:"2001:db8::1" (a:1 OR b:2)';
    expect(splitTerms(text).join(' ')).toBe(text);
  });
});

describe('addFilter', () => {
  it('adds once', () => {
    const once = addFilter('is:open', 'source.ip', '203.0.113.7');
    expect(once).toBe('is:open source.ip:203.0.113.7');
    expect(addFilter(once, 'source.ip', '203.0.113.7')).toBe(once);
  });
  it('replaces its opposite', () => {
    expect(addFilter('a:1 b:2', 'a', '1', true)).toBe('b:2 -a:1');
  });
  it('keeps an OR together', () => {
    expect(addFilter('a:1 OR b:2', 'c', '3')).toBe('(a:1 OR b:2) c:3');
  });
});

it('removeTerm takes out exactly that term', () => {
  expect(removeTerm('is:open a:1 a:12', term('a', '1'))).toBe('is:open a:12');
});

describe('byteToIndex', () => {
  it.each([
    ['abc', 2, 2],
    ['é:x', 2, 1],
    ['日本:x', 6, 2],
    ['😀:x', 4, 2],
    ['abc', 99, 3],
  ])('%s byte %d is unit %d', (text, byte, index) => expect(byteToIndex(text, byte)).toBe(index));
});

describe('markErrors', () => {
  it('cuts the text at the fault', () => {
    expect(markErrors('is:open bad:x', [{ begin: 8, end: 11 }])).toEqual([
      { text: 'is:open ', wrong: false },
      { text: 'bad', wrong: true },
      { text: ':x', wrong: false },
    ]);
  });
  it('marks the last letter where the fault is at the end', () => {
    expect(markErrors('a:', [{ begin: 2, end: 2 }]).at(-1)).toEqual({ text: ':', wrong: true });
  });
  it('joins back to the text, whatever the spans', () => {
    const text = 'é"x OR';
    for (let begin = 0; begin < 12; begin += 1) {
      const spans = markErrors(text, [{ begin, end: begin + 3 }]);
      expect(spans.map((span) => span.text).join('')).toBe(text);
    }
  });
});

describe('both', () => {
  it.each([
    ['', 'id:a', 'id:a'],
    ['is:open', '', 'is:open'],
    ['is:open', 'id:a', 'is:open id:a'],
    ['a OR b', 'id:a OR id:b', '(a OR b) (id:a OR id:b)'],
    ['is:open (a OR b)', 'id:a', '(is:open (a OR b)) id:a'],
  ])('%s and %s', (one, other, expected) => {
    expect(both(one, other)).toBe(expected);
  });
});

import { describe, expect, it } from 'vitest';
import { cleanCode, looksLikeCode } from '../../src/lib/code';

describe('a code', () => {
  it.each(['123456', ' 123 456 ', 'abcd-efgh-jkmn-pqrs', 'ABCDEFGHJKMNPQRS'])(
    '%s is one',
    (text) => {
      expect(looksLikeCode(text)).toBe(true);
    },
  );
  it.each(['', '12345', '1234567', 'abcd-efgh-jkmn', 'abcd efgh jkmn pqr!'])(
    '%s is none',
    (text) => {
      expect(looksLikeCode(text)).toBe(false);
    },
  );
  it('goes to the server without spaces', () => {
    expect(cleanCode(' 123 456\t')).toBe('123456');
  });
});

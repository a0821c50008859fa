import { expect, test } from 'vitest';
import { places } from '../../src/app/routes';

test('each place has a key of its own beside g m, which is one’s own account', () => {
  const keys = ['m', ...places.map((place) => place.key)];
  expect(new Set(keys).size).toBe(keys.length);
});

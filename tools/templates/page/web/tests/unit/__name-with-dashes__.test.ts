import { expect, it } from 'vitest';

it('__title__: the page does what it is for', () => {
  expect.fail('say here what the page computes; walk it by keyboard in tests/e2e/keyboard.mjs');
});

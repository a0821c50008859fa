import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../src/app/tokens.css', import.meta.url), 'utf8');

/** Both values of every colour token. */
const tokens = new Map();
for (const [, name, light, dark] of css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)) {
  tokens.set(name ?? '', [light ?? '', dark ?? '']);
}

function luminance(hex) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const surfaces = ['page', 'surface', 'raised', 'sunken', 'hover'];
const levels = ['critical', 'high', 'medium', 'low', 'informational'];
const pairs = [
  ...['ink', 'muted', 'accent', 'accent-strong', ...levels].flatMap((text) =>
    surfaces.map((surface) => [text, surface, 4.5]),
  ),
  ...levels.map((level) => [level, `${level}-soft`, 4.5]),
  ['accent-strong', 'accent-soft', 4.5],
  ['ink', 'high-soft', 4.5],
  ['ink', 'critical-soft', 4.5],
  ['on-accent', 'accent', 4.5],
  ['control', 'surface', 3],
  ['control', 'page', 3],
];

describe.each(['light', 'dark'])('%s', (theme) => {
  it.each(pairs)('%s on %s keeps %d:1', (text, surface, least) => {
    const value = (name) => tokens.get(name)?.[theme === 'light' ? 0 : 1] ?? 'missing';
    expect(contrast(value(text), value(surface))).toBeGreaterThanOrEqual(least);
  });
});

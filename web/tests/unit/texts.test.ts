import { describe, expect, it } from 'vitest';
import { en as enStart } from '$lib/i18n/en';
import { figureTexts } from '$lib/i18n/figures';
import { wallTexts } from '$lib/i18n/wall';
import { id as idStart } from '$lib/i18n/id';
import { officeTexts } from '$lib/i18n/office';

type Tree = { [key: string]: unknown };

/** Every text with its key; functions are called with their parameters' places. */
function* texts(tree: Tree, prefix = ''): Generator<[string, string]> {
  for (const [key, value] of Object.entries(tree)) {
    const name = prefix ? `${prefix}.${key}` : key;
    if (typeof value === 'string') yield [name, value];
    else if (typeof value === 'function') yield [name, String(value('⟦1⟧', '⟦2⟧', '⟦3⟧'))];
    else if (Array.isArray(value)) yield [name, value.flat().join(' ')];
    else yield* texts(value as Tree, name);
  }
}

/** With the modules that pages fetch for themselves. */
const id = { ...idStart, figures: figureTexts.id, office: officeTexts.id, wall: wallTexts.id };
const en = { ...enStart, figures: figureTexts.en, office: officeTexts.en, wall: wallTexts.en };

const indonesian = new Map(texts(id));
const english = new Map(texts(en));

describe('the two languages', () => {
  it('have the same keys', () => {
    expect([...english.keys()].sort()).toEqual([...indonesian.keys()].sort());
  });
  it('use the same parameters', () => {
    for (const [key, text] of indonesian) {
      const places = (of: string) => [...new Set(of.match(/⟦\d⟧/g))].sort();
      expect(places(english.get(key) ?? ''), key).toEqual(places(text));
    }
  });
  it('leave no text empty', () => {
    for (const [key, text] of [...indonesian, ...english]) expect(text.trim(), key).not.toBe('');
  });
  it('never say only that something went wrong', () => {
    for (const [key, text] of [...indonesian, ...english]) {
      expect(text, key).not.toMatch(/terjadi kesalahan|something went wrong|an error occurred/i);
    }
  });
});

it('events are labelled as processed records, not attacks', () => {
  expect(id.dashboard.eventsDefinition('7').toLowerCase()).toContain(
    'catatan terolah, bukan serangan',
  );
});

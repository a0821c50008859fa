import { describe, expect, it } from 'vitest';
import { adminEn, adminId } from '$lib/i18n/admin';
import { advisoryTexts } from '$lib/i18n/advisories';
import { deskTexts } from '$lib/i18n/desk';
import { en as enStart } from '$lib/i18n/en';
import { figureTexts } from '$lib/i18n/figures';
import { id as idStart } from '$lib/i18n/id';
import { officeTexts } from '$lib/i18n/office';
import { queueTexts } from '$lib/i18n/queue';
import { ruleEn, ruleId } from '$lib/i18n/rule';
import { wallTexts } from '$lib/i18n/wall';

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
const pages = {
  advisories: advisoryTexts,
  desk: deskTexts,
  figures: figureTexts,
  office: officeTexts,
  queue: queueTexts,
  rule: { id: ruleId, en: ruleEn },
  settings: { id: adminId, en: adminEn },
  wall: wallTexts,
};
const of = (language: 'id' | 'en') =>
  Object.fromEntries(Object.entries(pages).map(([name, both]) => [name, both[language]]));
const id = { ...idStart, pages: of('id') };
const en = { ...enStart, pages: of('en') };

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

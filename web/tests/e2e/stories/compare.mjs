// The same numbers wherever they stand: the page, the PDF, the API's lists.
import assert from 'node:assert/strict';
import { flat, textOf, wordsOf } from '../figures.mjs';

/** The seven that a closed incident must have, and the others: in an order that can have been. */
const ORDER = [
  ['first_malicious', 'first_alert'],
  ['first_alert', 'acknowledged'],
  ['known', 'validated'],
  ['known', 'escalated'],
  ['first_alert', 'severity_decided'],
  ['known', 'contained'],
  ['contained', 'eradicated'],
  ['eradicated', 'service_restored'],
  ['service_restored', 'fix_verified'],
  ['fix_verified', 'closed'],
];
const REQUIRED = [
  'first_alert',
  'validated',
  'escalated',
  'severity_decided',
  'internal_notified',
  'regulator_notified',
  'service_restored',
];

/** Every time of the case: there, in order, and on the page to the second. */
export async function compareTimes(page, subject, language) {
  const by = Object.fromEntries(subject.milestones.map((each) => [each.name, each]));
  for (const name of REQUIRED) {
    assert.ok(by[name].required, `${name} is one of the seven`);
    assert.ok(by[name].at || by[name].not_applicable, `${name} is filled in`);
  }
  for (const [first, later] of ORDER) {
    const [a, b] = [by[first], by[later]];
    if (a?.at && b?.at) assert.ok(a.at <= b.at, `${first} ${a.at} before ${later} ${b.at}`);
  }
  assert.deepEqual(subject.doubts, []);
  for (const each of subject.milestones) {
    const shown = page
      .locator('main li')
      .filter({
        has: page.getByText(`${each.title[language]}${each.required ? ' ★' : ''}`, { exact: true }),
      })
      .filter({ has: page.locator('time') })
      .first();
    if (each.at && !each.not_applicable)
      assert.equal(await shown.locator('time').getAttribute('datetime'), each.at, each.name);
  }
}

/** As documents write a moment: "29 November 2026 pukul 17.10 WIB", "29 November 2026, 17.10 WIB". */
function written(at, language) {
  const local = new Date(new Date(at).getTime() + 7 * 3_600_000).toISOString();
  const [, year, , day, hour, minute] = /(\d+)-(\d+)-(\d+)T(\d+):(\d+)/.exec(local);
  const between = language === 'id' ? ' pukul ' : ', ';
  return new RegExp(`${Number(day)} \\p{L}+ ${year}${between}${hour}\\.${minute}\\b`, 'u');
}

/** The case report has what the case has. */
export async function comparePrintedCase(page, documentId, subject, { language, alerts, reports }) {
  const text = await textOf(page, `/api/v1/documents/${documentId}/file`);
  const words = flat(text);
  for (const part of [
    subject.number,
    subject.title,
    subject.organisation,
    subject.summary,
    subject.cause,
    subject.impact,
    subject.measures,
    subject.lessons,
  ])
    assert.match(words, wordsOf(part), part);
  const named = (id, en) => (language === 'id' ? id : en);
  assert.match(
    text,
    new RegExp(`${named('Peringatan terkait', 'Alerts attached')} +${alerts}\\s*$`, 'm'),
  );
  assert.match(
    text,
    new RegExp(`${named('Laporan terkait', 'Reports attached')} +${reports}\\s*$`, 'm'),
  );
  for (const each of subject.milestones) {
    if (!each.at || each.not_applicable) continue;
    // A long name breaks over lines: its first word and the moment stand in one.
    const start = each.title[language].split(' ')[0];
    const line = text
      .split('\n')
      .find((l) => l.trim().startsWith(start) && written(each.at, language).test(l));
    assert.ok(line, `${each.name} ${each.at} in the PDF`);
  }
  return text;
}

/** How many items a list says it has. */
export async function total(get, list, q) {
  const { total: found } = await get(`/${list}?limit=1&q=${encodeURIComponent(q)}`);
  assert.equal(found.relation, 'eq');
  return found.value;
}

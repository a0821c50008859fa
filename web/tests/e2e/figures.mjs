// J12, the monthly figures: page, PDF and the API's lists say the same numbers in both languages; a
// period is frozen, printed, corrected; then the pages in every look.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { choose } from './browser.mjs';
import { AXE, ENDS, sweep } from './looks.mjs';
import { enter } from './target.mjs';

const LISTS = ['alerts', 'cases', 'reports'];
const grouped = (value, locale) =>
  new Intl.NumberFormat(locale === 'id' ? 'id-ID' : 'en-GB').format(value);

export function get(page, path) {
  return page.evaluate(async (route) => {
    const answer = await fetch(`/api/v1${route}`);
    if (!answer.ok) throw new Error(`${route}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }, path);
}

/** The words of a PDF in one line, as `pdftotext` reads them. */
export async function textOf(page, route) {
  const bytes = await page.evaluate(async (path) => {
    const answer = await fetch(path);
    if (answer.headers.get('content-type') !== 'application/pdf') throw new Error('no PDF');
    return [...new Uint8Array(await answer.arrayBuffer())];
  }, route);
  const folder = mkdtempSync(join(tmpdir(), 'tanggap-pdf-'));
  try {
    const file = join(folder, 'report.pdf');
    writeFileSync(file, Buffer.from(bytes));
    if (process.env.SCREENSHOTS) {
      const name = route.replace(/\W+/g, '-');
      execFileSync('pdftoppm', ['-r', '70', '-png', file, `${process.env.SCREENSHOTS}/pdf${name}`]);
    }
    return execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
export const flat = (text) => text.replace(/\s+/g, ' ');

/** Figures that a list has are that list's total. */
export async function compareWithLists(page, statistics, least = 31) {
  let compared = 0;
  const same = async (what, value, list) => {
    if (!LISTS.includes(list) || value === null) return;
    const { total } = await get(page, `/${list}?limit=1&q=${encodeURIComponent(what.q)}`);
    assert.deepEqual(total, { value, relation: 'eq' }, `${list} ${what.q}`);
    compared += 1;
  };
  for (const each of [...statistics.ladder, ...statistics.figures])
    await same(each, each.value, each.list);
  for (const split of statistics.breakdowns)
    for (const row of split.rows) await same(row, row.count, split.list);
  for (const each of statistics.intervals) await same(each, each.n, each.list);
  assert.ok(compared >= least, `only ${compared} figures have a list`);
}

/** The answer that the page itself gets when `open` opens it: asked again, it tells a later minute. */
export async function figuresShown(page, open) {
  const [answer] = await Promise.all([
    page.waitForResponse((each) => new URL(each.url()).pathname === '/api/v1/statistics'),
    open(),
  ]);
  return answer.json();
}

/** The page shows the API's figures, each in its place. */
export async function compareWithPage(page, statistics, locale) {
  for (const figure of [...statistics.ladder, ...statistics.figures]) {
    const shown = await page.locator(`[data-figure="${figure.id}"] .value`).first().innerText();
    if (figure.value !== null) {
      assert.equal(shown.trim(), grouped(figure.value, locale), figure.id);
    }
  }
  assert.match(flat(await page.locator('main').innerText()), wordsOf(statistics.sentence[locale]));
}
export const wordsOf = (text) => new RegExp(flat(text).replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));

export function compareWithPdf(text, statistics, locale) {
  const words = flat(text);
  // WeasyPrint breaks the sentence over lines; its words stay in order.
  assert.match(words, wordsOf(statistics.sentence[locale]));
  assert.match(words, wordsOf(statistics.title[locale]));
  for (const figure of statistics.ladder) {
    const title = statistics.terms[figure.id].title[locale].split(' ')[0];
    const value = figure.value === null ? '' : grouped(figure.value, locale);
    const line = new RegExp(`^ *${figure.rung} .*${title}.*${value}`, 'm');
    assert.match(text, line, `${figure.id} in the PDF`);
  }
  for (const split of statistics.breakdowns.filter(({ id }) => id === 'outcome')) {
    for (const row of split.rows) {
      const line = new RegExp(`^ *${row.label[locale]} +${grouped(row.count, locale)}$`, 'm');
      assert.match(text, line, `${row.value} in the PDF`);
    }
  }
  assert.match(words, locale === 'id' ? /Halaman 1 dari \d/ : /Page 1 of \d/);
}

async function periodOf(page) {
  const { items } = await get(page, '/alerts?limit=1&sort=-first_seen');
  const local = new Date(new Date(items[0].first_seen).getTime() + 7 * 3_600_000);
  return local.toISOString().slice(0, 7);
}

export async function freeze(page, target, settled, period, correction) {
  await page.goto(`${target.url}/app/stats?period=${period}`);
  await settled();
  await page.locator('main header button.primary').click();
  const dialog = page.getByRole('dialog');
  if (correction) {
    await dialog.locator('button.primary').click();
    await dialog.locator('.fault').waitFor(); // it must say what is different
    await dialog.locator('textarea').fill(correction);
  }
  await dialog.locator('button.primary').click();
  await page.waitForURL(/\/publications\//);
  await settled();
  return page.url().split('/').at(-1);
}

export async function run(world) {
  const { page, context, target, test, settled } = world;
  await context.addInitScript({ path: AXE });
  await enter(world);
  const period = await periodOf(page);
  let publication = '';

  for (const locale of ['id', 'en']) {
    await test(`J12 ${locale}: every figure of the page is the total of its list`, async () => {
      const statistics = await figuresShown(page, () =>
        page.goto(`${target.url}/app/stats?period=${period}`),
      );
      await settled();
      await choose(page, { theme: 'light', locale });
      await settled();
      await compareWithPage(page, statistics, locale);
      await compareWithLists(page, statistics);
      const attempts = page.locator('[data-figure="attempts"] a');
      const shown = await attempts.innerText();
      await attempts.click();
      await page.waitForURL(/\/triage\?/);
      await settled();
      assert.match(flat(await page.locator('main').innerText()), wordsOf(shown));
    });
  }

  await test('J12: the month is frozen', async () => {
    publication = await freeze(page, target, settled, period, '');
    const { version, sha256 } = await get(page, `/publications/${publication}`);
    assert.equal(version, 1);
    assert.match(await page.locator('main').innerText(), wordsOf(sha256));
  });

  for (const locale of ['id', 'en']) {
    await test(`J12 ${locale}: the PDF says what the frozen page says`, async () => {
      await page.goto(`${target.url}/app/publications/${publication}`);
      await settled();
      await choose(page, { theme: 'light', locale });
      await settled();
      const before = (await get(page, `/publications/${publication}`)).documents.length;
      await page
        .locator('.makers button')
        .nth(locale === 'id' ? 0 : 1)
        .click();
      await page.locator('a[href^="/api/v1/documents/"]').nth(before).waitFor();
      const { statistics, documents } = await get(page, `/publications/${publication}`);
      const made = documents.find((each) => each.language === locale);
      await compareWithPage(page, statistics, locale);
      compareWithPdf(await textOf(page, `/api/v1/documents/${made.id}/file`), statistics, locale);
    });
  }

  await test('J12: the same data gives the same text', async () => {
    const route = `/api/v1/publications/${publication}/documents`;
    const again = await page.evaluate(async (path) => {
      const answer = await fetch(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'tanggap' },
        body: '{"language":"id"}',
      });
      return answer.json();
    }, route);
    const { documents } = await get(page, `/publications/${publication}`);
    const first = documents.find((each) => each.language === 'id' && each.id !== again.id);
    assert.equal(again.data_sha256, first.data_sha256);
    const texts = [];
    for (const { id } of [first, again])
      texts.push(await textOf(page, `/api/v1/documents/${id}/file`));
    assert.equal(texts[0], texts[1]);
  });

  await test('J12: a correction is a new version; the old one stays', async () => {
    const old = await get(page, `/publications/${publication}`);
    await choose(page, { theme: 'light', locale: 'id' });
    const corrected = await freeze(page, target, settled, period, 'Satu positif palsu ditarik.');
    assert.notEqual(corrected, publication);
    const now = await get(page, `/publications/${corrected}`);
    assert.equal(now.version, 2);
    assert.match(await page.locator('main').innerText(), /Satu positif palsu ditarik\./);
    const still = await get(page, `/publications/${publication}`);
    assert.deepEqual(still.statistics, old.statistics);
  });

  await test('a case is printed, and the PDF has its number and texts', async () => {
    const { items } = await get(page, '/cases?limit=1');
    if (items.length === 0) throw new Error('the suite cases runs before and leaves one');
    await page.goto(`${target.url}/app/cases/${items[0].number}`);
    await settled();
    await choose(page, { theme: 'light', locale: 'id' });
    await page.locator('.makers button').first().click();
    await page.locator('a[href^="/api/v1/documents/"]').first().waitFor();
    const list = await get(page, `/cases/${items[0].number}/documents`);
    const text = flat(await textOf(page, `/api/v1/documents/${list.items[0].id}/file`));
    assert.match(text, wordsOf(items[0].number));
    assert.match(text, /Waktu-waktu penting/);
  });

  await test('the CSV has the figures and no formula', async () => {
    const { statistics } = await get(page, `/publications/${publication}`);
    const csv = await page.evaluate(
      async (path) => (await fetch(path)).text(),
      `/api/v1/publications/${publication}/csv?language=id`,
    );
    for (const figure of statistics.ladder.filter(({ value }) => value !== null))
      assert.ok(
        csv.includes(
          `"${figure.id}","${figure.rung ? statistics.terms[figure.id].title.id : ''}","${figure.value}"`,
        ),
        figure.id,
      );
    assert.doesNotMatch(csv, /(^|,)"[=+@-]/m);
  });

  await sweep(world, 'statistics', `/app/stats?period=${period}`);
  await sweep(world, 'statistics-empty', '/app/stats?period=2001-02', { looks: ENDS });
  await sweep(world, 'statistics-freeze', `/app/stats?period=${period}`, {
    looks: ENDS,
    prepare: async () => {
      await page.locator('main header button.primary').click();
      await page.getByRole('dialog').waitFor();
    },
  });
  await sweep(world, 'publication', `/app/publications/${publication}`);
}

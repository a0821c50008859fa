// The desk side of reports: one is entered by phone with reports like it found while typing, is
// acknowledged, answered and noted; then its pages in every look, with hostile texts in them.
import assert from 'node:assert/strict';
import { AXE, ENDS, sweep } from './looks.mjs';
import { enter } from './target.mjs';

const HOSTILE =
  '"><img src=x onerror=alert(1)> <script>alert(1)</script> \u202egnp.exe http://203.0.113.66/' +
  'a'.repeat(300) +
  ' rekening 5550001112223';

/** A report as the public form makes it, over the API: (number) */
async function make(page, answers) {
  return page.evaluate(async (given) => {
    const answer = await fetch('/api/v1/reports', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'tanggap' },
      body: JSON.stringify({ channel: 'whatsapp', answers: given }),
    });
    return (await answer.json()).number;
  }, answers);
}

export async function run(world) {
  const { page, context, target, test, settled } = world;
  await context.addInitScript({ path: AXE });
  await enter(world);
  await page.evaluate(() => localStorage.setItem('tanggap.lang', 'id'));
  const first = await make(page, {
    what: 'impersonation',
    identity: 'confidential',
    name: '<b>Sari</b>',
    story: HOSTILE,
  });
  let number = '';

  await test('a phone call is entered, and reports like it are found while typing', async () => {
    await page.goto(`${target.url}/app/reports/new`);
    await settled();
    await page.getByLabel(/Apa yang terjadi/).selectOption('impersonation');
    await page
      .getByLabel(/Ceritakan/)
      .fill('Penelepon diminta transfer ke rekening 5550001112223 hari ini.');
    await page.getByText('rekening sama').waitFor();
    await page.getByText(first).waitFor();
    await page.getByLabel(/Bolehkah kami tahu/).selectOption('anonymous');
    await page.getByRole('button', { name: 'Simpan laporan' }).click();
    await page.getByText('Laporan tercatat').waitFor();
    [number] = (await page.locator('dd').first().innerText()).match(/LPR-\w{4}-\w{4}/);
    assert.match(await page.locator('dd').nth(1).innerText(), /\d{4}( \d{4}){3}/);
  });

  await test('it is acknowledged with the first steps, answered and noted', async () => {
    await page.goto(`${target.url}/app/reports/${number}`);
    await settled();
    assert.match(await page.locator('.preview').innerText(), /3\. /);
    await page.getByRole('button', { name: 'Terima laporan' }).click();
    await page.getByRole('button', { name: 'Kirim jawaban' }).waitFor();
    await page.getByLabel('Jawaban').fill('Situs itu sedang kami periksa.');
    await page.getByRole('button', { name: 'Kirim jawaban' }).click();
    await page.getByText('Situs itu sedang kami periksa.').waitFor();
    await page
      .getByLabel('Catatan', { exact: true })
      .fill('Rekening ini sudah ada di dua laporan.');
    await page.getByRole('button', { name: 'Simpan catatan' }).click();
    await page.locator('.talk').getByText('Rekening ini sudah ada').waitFor();
  });

  await test('a new report waits in the queue behind the pill, and goes into a case by keys', async () => {
    await page.goto(`${target.url}/app/triage?view=reports`);
    await settled();
    const shown = () => page.locator('tr[data-id]').count();
    const before = await shown();
    const sent = await make(page, {
      what: 'impersonation',
      identity: 'anonymous',
      story: 'Situs dinas berubah menjadi iklan judi sejak pagi tadi.',
    });
    await page.locator('.pill').waitFor();
    assert.equal(await shown(), before, 'no row came by itself');
    await page.keyboard.press('r');
    const mine = page.locator('tr[data-id]').filter({ hasText: 'iklan judi' });
    await mine.waitFor();
    await mine.locator('[data-row]').focus();
    await page.keyboard.press('Space');
    await page.locator('aside blockquote').filter({ hasText: 'sejak pagi' }).waitFor();
    await page.keyboard.press('1');
    await page.getByRole('dialog').locator('.choices').waitFor();
    await page.keyboard.press('1');
    await page
      .locator('.box.shown')
      .filter({ hasText: /→ KAS-/ })
      .waitFor();
    // Nobody has told the reporter: it is in the case, and stays in the queue.
    await mine.filter({ hasText: 'pelapor belum dikabari' }).waitFor();

    await page.goto(`${target.url}/app/reports/${number}`);
    await settled();
    await page.keyboard.press('1');
    await page.getByRole('dialog').locator('.choices').waitFor();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /iklan judi/ })
      .last()
      .click();
    await page.locator('.above').getByRole('link', { name: /KAS-/ }).click();
    await page.waitForURL(/\/app\/cases\/KAS-/);
    await page.goto(`${page.url()}/alerts`);
    await page.locator('section[aria-labelledby=reports] li').nth(1).waitFor();
    await page.getByRole('button', { name: 'Beri tahu semua pelapor' }).click();
    await page.getByLabel('Kabar dalam bahasa Indonesia').fill('Situs sudah pulih.');
    await page.getByRole('dialog').getByRole('button', { name: 'Kirim ke 2 pelapor' }).click();
    await page.locator('.box.shown').filter({ hasText: '2 pelapor diberi tahu' }).waitFor();
    for (const each of [sent, number]) {
      const report = await page.evaluate(
        async (n) => (await fetch(`/api/v1/reports/${n}`)).json(),
        each,
      );
      assert.equal(report.messages.at(-1).text, 'Situs sudah pulih.');
    }
  });

  await test('an advisory is drafted, published for everybody, and withdrawn', async () => {
    await page.goto(`${target.url}/app/advisories`);
    await settled();
    await page.getByRole('button', { name: 'Tulis imbauan' }).click();
    const dialog = page.getByRole('dialog');
    const write = async (name, text) => dialog.locator(`[name="${name}"]`).fill(text);
    for (const [language, word] of [
      ['id', 'Waspada'],
      ['en', 'Beware'],
    ]) {
      await write(`title_${language}`, `${word} <b>tautan</b> pajak`);
      await write(`summary_${language}`, `${word}.`);
      await write(`actions_${language}`, `${word} satu.\n${word} dua.`);
    }
    await dialog.getByRole('button', { name: 'Simpan draf' }).click();
    const item = page.locator('main li').filter({ hasText: 'Waspada' });
    await item.getByText('Draf').waitFor();
    const id = /IMB-\d{4}-\d+/.exec(await item.innerText())[0];
    const seen = () => page.evaluate(async (path) => (await fetch(path)).status, `/imbauan/${id}`);
    assert.equal(await seen(), 404);
    await item.getByRole('button', { name: 'Terbitkan' }).click();
    await dialog.getByRole('button', { name: 'Terbitkan' }).click();
    await item.getByText('Terbit', { exact: true }).waitFor();
    assert.equal(await seen(), 200);
    await item.getByRole('button', { name: 'Tarik' }).click();
    await write('reason', 'sudah lewat');
    await dialog.getByRole('button', { name: 'Tarik' }).click();
    await item.getByText('Ditarik', { exact: true }).waitFor();
    assert.equal(await seen(), 404);
  });

  await test('a report is labelled red, and says so', async () => {
    await page.goto(`${target.url}/app/reports/${number}`);
    await settled();
    await page.getByRole('button', { name: 'Ubah label TLP' }).click();
    await page.getByRole('dialog').locator('select').selectOption('red');
    await page.getByRole('dialog').getByRole('button', { name: 'Simpan label' }).click();
    await page.getByText('TLP:RED', { exact: true }).first().waitFor();
  });

  const row = page.locator('[data-row]').first();
  await sweep(world, 'reports', '/app/reports?q=');
  await sweep(world, 'report', `/app/reports/${number}`);
  await sweep(world, 'report-hostile', `/app/reports/${first}`);
  await sweep(world, 'report-new', '/app/reports/new');
  await sweep(world, 'advisories', '/app/advisories');
  await sweep(world, 'profile', '/app/admin/profile');
  await sweep(world, 'reports-none', '/app/reports?q=zzzznothing', { looks: ENDS });
  await sweep(world, 'report-missing', '/app/reports/LPR-0000-0000', { looks: ENDS });
  await test('the keyboard opens a report from the list', async () => {
    await page.goto(`${target.url}/app/reports?q=`);
    await settled();
    await page.keyboard.press('j');
    assert.ok(await row.evaluate((element) => element === document.activeElement));
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/app\/reports\/LPR-/);
  });
}

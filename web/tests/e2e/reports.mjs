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

  const row = page.locator('[data-row]').first();
  await sweep(world, 'reports', '/app/reports?q=');
  await sweep(world, 'report', `/app/reports/${number}`);
  await sweep(world, 'report-hostile', `/app/reports/${first}`);
  await sweep(world, 'report-new', '/app/reports/new');
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

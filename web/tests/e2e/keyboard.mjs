// Everything by keyboard: the pointer is never used here.
import assert from 'node:assert/strict';
import { settled, setPreferences } from './browser.mjs';
import { signIn } from './target.mjs';

export async function run({ page, target, test, skip }) {
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const open = async (path) => {
    await page.goto(target.url + path);
    await settled(page);
  };
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
  const query = () => new URL(page.url()).searchParams;

  await page.goto(`${target.url}/app/sign-in`);
  await setPreferences(page, { theme: 'light', locale: 'id' });
  await signIn(page, target);
  await settled(page);

  await test('g and a letter open every page, and the title takes the focus', async () => {
    for (const [key, path] of [
      ['a', 'alerts'],
      ['e', 'events'],
      ['q', 'quarantine'],
      ['s', 'sensors'],
      ['r', 'rules'],
      ['d', 'dashboard'],
    ]) {
      await press('g', key);
      await page.waitForURL(new RegExp(`/app/${path}$`));
      await settled(page);
      assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1', path);
    }
  });

  await test('the skip link is the first stop and leads to the content', async () => {
    await open('/app/dashboard');
    await press('Tab');
    assert.match(await focused(), /Lewati ke isi/);
    await press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'content');
  });

  await test('? shows the keys, Escape closes, the focus returns', async () => {
    await open('/app/alerts');
    await press('?');
    await page.getByRole('dialog', { name: 'Pintasan papan ketik' }).waitFor();
    await press('j');
    assert.match(page.url(), /\/app\/alerts$/);
    await press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  await test('j and k move, Enter opens, back returns', async () => {
    await open('/app/alerts?q=');
    if ((await page.locator('[data-row]').count()) < 2)
      return skip('rows', 'fewer than two alerts');
    await press('j');
    const first = await focused();
    await press('j');
    assert.notEqual(await page.evaluate(() => document.activeElement?.getAttribute('href')), null);
    await press('k');
    assert.equal(await focused(), first);
    await press('Enter');
    await page.waitForURL(/\/app\/alerts\/ALR-\d+$/);
    await page.goBack();
    await page.waitForURL(/\/app\/alerts\?q=$/);
  });

  await test('/ goes to the query, Enter runs it, a chip takes it out', async () => {
    await open('/app/alerts?q=');
    await press('/');
    await page.keyboard.type('severity:tinggi');
    await press('Enter');
    await page.waitForFunction(
      () => new URL(location.href).searchParams.get('q') === 'severity:tinggi',
    );
    await settled(page);
    const chip = page.getByRole('button', { name: 'Hapus saringan severity:tinggi' });
    await chip.focus();
    await press('Enter');
    await page.waitForFunction(() => new URL(location.href).searchParams.get('q') === '');
  });

  await test('a faulty query is underlined and explained', async () => {
    await open('/app/alerts');
    await press('/');
    await page.keyboard.type('is:open nosuchfield:x');
    await page
      .getByRole('alert')
      .filter({ hasText: /nosuchfield/ })
      .waitFor();
    assert.equal(await page.locator('.marks .bad').innerText(), 'nosuchfield');
    await press('Escape');
  });

  await test('letters typed into a field are text, not shortcuts', async () => {
    await open('/app/alerts');
    await press('/');
    await page.keyboard.type('gdj?');
    assert.match(page.url(), /\/app\/alerts/);
    assert.equal(await page.getByRole('dialog').count(), 0);
  });

  await test('single letters can be switched off, and stay off', async () => {
    await open('/app/dashboard');
    await press('?');
    await page.getByRole('checkbox').focus();
    await press('Space', 'Escape');
    await press('g', 'a');
    await open('/app/dashboard');
    await press('g', 'a');
    assert.match(page.url(), /\/app\/dashboard$/);
    await page.evaluate(() => localStorage.removeItem('tanggap.keys'));
  });

  await test('t and a number choose the time range', async () => {
    await open('/app/events');
    await press('t', '6');
    await page.waitForFunction(() => new URL(location.href).searchParams.get('from') === 'all');
  });

  await test('the histogram narrows by two sliders and Enter', async () => {
    await open('/app/events?from=all');
    const start = page.getByLabel('Awal rentang pilihan');
    if ((await start.count()) === 0) return skip('histogram', 'no events');
    await start.focus();
    await press('ArrowRight', 'ArrowRight', 'ArrowRight');
    await page.getByLabel('Akhir rentang pilihan').focus();
    await press('ArrowLeft', 'ArrowLeft', 'Enter');
    await page.waitForFunction(() => new URL(location.href).searchParams.get('to') !== null);
    assert.match(query().get('from') ?? '', /^\d{4}-.*Z$/);
  });

  await test('an event opens to all its fields and filters by one', async () => {
    await open('/app/events?from=all');
    if ((await page.locator('[data-row]').count()) === 0) return skip('fields', 'no events');
    await press('j', 'Enter');
    const filter = page.getByRole('button', { name: /^Saring: event\.dataset/ }).first();
    await filter.focus();
    await press('Enter');
    await page.waitForFunction(() =>
      (new URL(location.href).searchParams.get('q') ?? '').includes('event.dataset:'),
    );
  });

  await test('the same link shows the same screen', async () => {
    await open('/app/alerts?q=severity%3Ahigh&sort=-events');
    const before = await page.locator('main').innerText();
    await page.reload();
    await settled(page);
    assert.equal(await page.locator('main').innerText(), before);
  });
}

// Everything by keyboard: the pointer is never used here.
import assert from 'node:assert/strict';
import { choose, tabTo } from './browser.mjs';
import { enter, signIn } from './target.mjs';

export async function run(world) {
  const { page, target, test, settled } = world;
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const open = async (path) => {
    await page.goto(target.url + path);
    await settled();
  };
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
  const query = () => new URL(page.url()).searchParams;

  await page.setViewportSize({ width: 1440, height: 900 });
  await enter(world);
  await choose(page, { theme: 'light', locale: 'id' });

  await test('g and a letter open every page, and the title takes the focus', async () => {
    for (const [key, path] of [
      ['t', 'triage'],
      ['e', 'events'],
      ['q', 'quarantine'],
      ['s', 'sensors'],
      ['r', 'rules'],
      ['u', 'admin/users'],
      ['l', 'admin/audit'],
      ['k', 'admin/sources'],
      ['y', 'admin/system'],
      ['n', 'admin/assets'],
      ['h', 'admin/casework'],
      ['m', 'me'],
      ['d', 'dashboard'],
    ]) {
      await press('g', key);
      await page.waitForURL(new RegExp(`/app/${path}$`));
      await settled();
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
    await open('/app/triage');
    await press('?');
    await page.getByRole('dialog', { name: 'Pintasan papan ketik' }).waitFor();
    await press('j');
    assert.match(page.url(), /\/app\/triage$/);
    await press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  await test('j and k move, Enter opens, back returns', async () => {
    await open('/app/triage?view=all');
    await press('j');
    const first = await focused();
    await press('j');
    assert.notEqual(await page.evaluate(() => document.activeElement?.getAttribute('href')), null);
    await press('k');
    assert.equal(await focused(), first);
    await press('Enter');
    await page.waitForURL(/\/app\/alerts\/ALR-\d+$/);
    await page.goBack();
    await page.waitForURL(/\/app\/triage\?view=all$/);
  });

  await test('/ goes to the query, Enter runs it, a chip takes it out', async () => {
    await open('/app/triage?view=all');
    await press('/');
    await page.keyboard.type('severity:tinggi');
    await press('Enter');
    await page.waitForFunction(
      () => new URL(location.href).searchParams.get('q') === 'severity:tinggi',
    );
    await settled();
    await tabTo(page, 'button[aria-label="Hapus saringan severity:tinggi"]');
    await press('Enter');
    await page.waitForFunction(() => !new URL(location.href).searchParams.has('q'));
  });

  await test('a faulty query is underlined and explained', async () => {
    await open('/app/triage?view=all');
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
    await open('/app/triage');
    await press('/');
    await page.keyboard.type('gdj?');
    assert.match(page.url(), /\/app\/triage/);
    assert.equal(await page.getByRole('dialog').count(), 0);
  });

  await test('single letters can be switched off, and stay off', async () => {
    await open('/app/dashboard');
    await press('?');
    await tabTo(page, 'dialog input[type=checkbox]');
    await press('Space', 'Escape');
    await press('g', 't');
    await open('/app/dashboard');
    await press('g', 't');
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
    await tabTo(page, '[aria-label="Awal rentang pilihan"]');
    await press('ArrowRight', 'ArrowRight', 'ArrowRight');
    await tabTo(page, '[aria-label="Akhir rentang pilihan"]');
    await press('ArrowLeft', 'ArrowLeft', 'Enter');
    await page.waitForFunction(() => new URL(location.href).searchParams.get('to') !== null);
    assert.match(query().get('from') ?? '', /^\d{4}-.*Z$/);
  });

  await test('an event opens to all its fields and filters by one', async () => {
    await open('/app/events?from=all');
    await press('j', 'Enter');
    await tabTo(page, 'button[aria-label^="Saring: event.dataset"]');
    await press('Enter');
    await page.waitForFunction(() =>
      (new URL(location.href).searchParams.get('q') ?? '').includes('event.dataset:'),
    );
  });

  await test('the same link shows the same screen', async () => {
    await open('/app/triage?q=severity%3Ahigh&view=all&sort=-events');
    const before = await page.locator('main').innerText();
    await page.reload();
    await settled();
    assert.equal(await page.locator('main').innerText(), before);
  });

  await test('an ended session leads to signing in and back to the same page', async () => {
    await open('/app/triage?q=severity%3Ahigh');
    await world.context.clearCookies();
    await press('g', 's');
    await page.waitForURL(/\/app\/sign-in\?next=/);
    await page.getByText('Sesi Anda berakhir', { exact: false }).waitFor();
    await signIn(page, target);
    await page.waitForURL(/\/app\/sensors$/);
    target.save({ cookies: await world.context.cookies() });
  });
}

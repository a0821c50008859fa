// Every page × light and dark × both languages × phone and desk: axe finds nothing, nothing
// scrolls sideways, the policy is kept, and each page says what it is.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { setPreferences, settled } from './browser.mjs';
import { signIn } from './target.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** theme, language, width: everything for the pages, the two ends for their rarer states. */
const ALL = ['light', 'dark'].flatMap((theme) =>
  ['id', 'en'].flatMap((locale) => [320, 1440].map((width) => [theme, locale, width])),
);
const ENDS = [
  ['light', 'id', 320],
  ['dark', 'en', 1440],
];

async function check({ page }, path) {
  await settled(page);
  const sideways = await page.evaluate(() => {
    const root = document.documentElement;
    return root.scrollWidth - root.clientWidth;
  });
  assert.equal(sideways, 0, `${path} is ${sideways} px wider than the window`);
  const heads = await page.locator('h1').count();
  assert.equal(heads, 1, `${path} has ${heads} h1`);
  const violations = await page.evaluate(async (tags) => {
    const result = await window.axe.run(document, { runOnly: { type: 'tag', values: tags } });
    return result.violations.map(
      (each) =>
        `${each.id}: ${each.help}\n  ${each.nodes.map((node) => `${node.target} ${node.failureSummary}`).join('\n  ')}`,
    );
  }, TAGS);
  assert.equal(violations.length, 0, `${path}:\n${violations.join('\n')}`);
}

async function sweep(world, name, path, prepare, looks = ALL) {
  const { page, target, test } = world;
  for (const [theme, locale, width] of looks) {
    await test(`${name} ${theme} ${locale} ${width}`, async () => {
      await page.setViewportSize({ width, height: 900 });
      await setPreferences(page, { theme, locale });
      await page.goto(target.url + path);
      await settled(page);
      await prepare?.();
      await check(world, path);
      assert.equal(await page.evaluate(() => document.documentElement.lang), locale);
      if (process.env.SCREENSHOTS) {
        const file = `${process.env.SCREENSHOTS}/${name}-${theme}-${locale}-${width}.png`;
        await page.screenshot({ path: file, fullPage: true });
      }
    });
  }
}

export async function run(world) {
  const { page, context, target, test, skip } = world;
  await context.addInitScript({ path: AXE });
  await page.goto(`${target.url}/app/sign-in`);
  await settled(page);
  await sweep(world, 'sign-in', '/app/sign-in');
  await sweep(
    world,
    'sign-in-refused',
    '/app/sign-in',
    async () => {
      await page.keyboard.press('Tab');
      await page.locator('input[name=code]').focus();
      await page.keyboard.press('Enter');
      await page.locator('[aria-invalid=true]').first().waitFor();
    },
    ENDS,
  );

  if (target.mock) {
    await target.scene({ setup: true });
    await sweep(world, 'setup', '/app/');
    await sweep(world, 'setup-done', '/app/setup', async () => {
      await page.fill('input[name=token]', 'token-penyiapan');
      await page.fill('input[name=username]', 'petugas');
      await page.fill('input[name=password]', 'kalimat sandi panjang');
      await page.keyboard.press('Enter');
      await page.getByRole('img', { name: /QR/ }).waitFor();
    });
    await target.scene({ setup: false });
  } else {
    skip('set-up', 'the running server is already set up');
  }

  await signIn(page, target);
  const list = await page.evaluate(async () => (await fetch('/api/v1/alerts?limit=1')).json());
  const first = list.items[0]?.number;

  await sweep(world, 'dashboard', '/app/dashboard');
  await sweep(world, 'alerts', '/app/alerts');
  if (first) {
    await sweep(world, 'alert', `/app/alerts/${first}`, async () => {
      const row = page.locator('[data-row]').first();
      if (await row.count()) await row.click();
    });
  } else {
    skip('alert', 'the server has no alert');
  }
  await sweep(world, 'events', '/app/events?from=all', async () => {
    const row = page.locator('[data-row]').first();
    if ((await row.count()) === 0) return;
    await row.click();
    await page.getByRole('button', { name: /catatan asli|original record/i }).click();
  });
  await sweep(world, 'events-none', '/app/events?q=zzzznothing', undefined, ENDS);
  await sweep(world, 'quarantine', '/app/quarantine');
  await sweep(world, 'sensors', '/app/sensors');
  await sweep(world, 'rules', '/app/rules');
  await sweep(
    world,
    'keys',
    '/app/alerts',
    async () => {
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
    },
    ENDS,
  );
  await sweep(world, 'lost', '/app/no/such/page', undefined, ENDS);

  if (!target.mock) return;
  await target.scene({ engine: false, balanced: false });
  await sweep(world, 'dashboard-engine-missing', '/app/dashboard', undefined, ENDS);
  await sweep(world, 'events-engine-missing', '/app/events', undefined, ENDS);
  await target.scene({ engine: true, balanced: true, empty: true });
  await sweep(world, 'dashboard-empty', '/app/dashboard', undefined, ENDS);
  await sweep(world, 'alerts-empty', '/app/alerts?q=', undefined, ENDS);
  await sweep(world, 'events-empty', '/app/events?from=all', undefined, ENDS);
  await target.scene({ empty: false });

  await test('a session that ends leads to signing in and back to the same page', async () => {
    await setPreferences(page, { theme: 'light', locale: 'id' });
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`${target.url}/app/alerts?q=severity%3Ahigh`);
    await settled(page);
    await context.clearCookies();
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await page.waitForURL(/\/app\/sign-in\?next=/);
    await page.getByText('Sesi Anda berakhir', { exact: false }).waitFor();
    const { name, password, code } = await target.credentials();
    await page.fill('input[name=username]', name);
    await page.fill('input[name=password]', password);
    await page.fill('input[name=code]', code);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/app\/sensors/);
  });
}

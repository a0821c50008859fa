// A server that nobody has set up yet: the set-up by keyboard, then every page while it is empty.
// Writes the new account to TANGGAP_ACCOUNT for the runs that follow.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { tabTo } from './browser.mjs';
import { AXE, ENDS, inspectLooks, sweep } from './looks.mjs';
import { enter } from './target.mjs';

const NAME = 'rina';
const PASSWORD = 'kuda laut biru menari di pagi hari';

export async function run(world) {
  const { page, context, target, test, settled } = world;
  const token = readFileSync(process.env.TANGGAP_SETUP_TOKEN_FILE, 'utf8').trim();
  await context.addInitScript({ path: AXE });

  await sweep(world, 'setup', '/app/', {});
  await sweep(world, 'setup-refused', '/app/', {
    looks: ENDS,
    prepare: async () => {
      await tabTo(page, 'input[name=token]');
      await page.keyboard.press('Enter');
      await page.locator('[aria-invalid=true]').first().waitFor();
    },
  });

  await test('the first account is made by keyboard', async () => {
    await page.goto(`${target.url}/app/`);
    await settled();
    for (const [field, text] of [
      ['token', token],
      ['username', NAME],
      ['password', PASSWORD],
    ]) {
      await tabTo(page, `input[name=${field}]`);
      await page.keyboard.type(text);
    }
    await page.keyboard.press('Enter');
    const secrets = page.locator('main section code');
    await secrets.first().waitFor();
    const [totp, recovery, key] = await secrets.allInnerTexts();
    assert.equal(recovery.trim().split('\n').length, 10);
    target.save({
      name: NAME,
      password: PASSWORD,
      totp_secret: totp.replaceAll(/\s/g, ''),
      api_key: key.trim(),
    });
    assert.match(target.account.api_key, /^tg_/);
  });
  await inspectLooks(world, 'setup-done', ENDS, settled);
  await test('what is shown once is confirmed, then signing in follows', async () => {
    await tabTo(page, 'input[type=checkbox]');
    await page.keyboard.press('Space');
    await tabTo(page, 'main button:not([disabled]):is(.primary)');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/app\/sign-in/);
  });

  await sweep(world, 'sign-in', '/app/sign-in');
  await sweep(world, 'sign-in-refused', '/app/sign-in', {
    looks: ENDS,
    prepare: async () => {
      await tabTo(page, 'input[name=code]');
      await page.keyboard.press('Enter');
      await page.locator('[aria-invalid=true]').first().waitFor();
    },
  });

  await test('sign in', () => enter(world));
  for (const name of ['dashboard', 'alerts', 'events', 'quarantine', 'sensors']) {
    await sweep(world, `${name}-empty`, `/app/${name}`, { looks: ENDS });
  }
  await sweep(world, 'alerts-empty-all', '/app/alerts?q=', { looks: ENDS });
  await sweep(world, 'events-empty-all', '/app/events?from=all', { looks: ENDS });
}

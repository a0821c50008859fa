// Accounts and rights: an invitation by keyboard, the new person's first sign-in, keys, sessions,
// the audit log; each page and dialog in its looks.
import assert from 'node:assert/strict';
import { tabTo } from './browser.mjs';
import { AXE, ENDS, sweep } from './looks.mjs';
import { enter } from './target.mjs';

const PASSWORD = 'payung basah di beranda rumah';

export async function run(world) {
  const { page, context, target, test, settled } = world;
  const dialog = page.getByRole('dialog');
  const open = async (path) => {
    await page.goto(target.url + path);
    await settled();
  };
  /** Answers the question for the password, where the sign-in is too long ago. */
  const proveIfAsked = async (next) => {
    const asked = page.locator('input[name=fresh-password]');
    await asked.or(next).first().waitFor();
    if (!(await asked.isVisible())) return;
    await asked.fill(target.account.password);
    await page.locator('input[name=fresh-code]').fill(await target.nextCode());
    await page.keyboard.press('Enter');
    await next.first().waitFor();
  };
  let link = '';

  await context.addInitScript({ path: AXE });
  await enter(world);
  await sweep(world, 'me', '/app/me');
  await sweep(world, 'users', '/app/admin/users');
  await sweep(world, 'audit', '/app/admin/audit');

  await sweep(world, 'users-invite', '/app/admin/users', {
    looks: ENDS,
    prepare: async () => {
      await page.locator('main header button').click();
      await dialog.locator('button.primary').click();
      await dialog.locator('[aria-invalid=true]').first().waitFor();
    },
  });

  await test('a person is invited by keyboard alone', async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await open('/app/admin/users');
    await tabTo(page, 'main header button');
    await page.keyboard.press('Enter');
    await tabTo(page, 'input[name=invite-name]');
    await page.keyboard.type('budi');
    await tabTo(page, 'input[value=analyst]');
    await page.keyboard.press('Space');
    await tabTo(page, 'dialog button.primary');
    await page.keyboard.press('Enter');
    const shown = page.locator('dialog code');
    await proveIfAsked(shown);
    link = (await shown.innerText()).trim();
    assert.match(link, /\/app\/invitation#[0-9a-f]{64}$/);
    await page.keyboard.press('Escape');
    await page.getByText('budi', { exact: true }).first().waitFor();
  });

  await test('the link makes an account, once, and shows its secrets once', async () => {
    const theirs = await context.browser()?.newContext?.();
    const guest = theirs ? await theirs.newPage() : await context.newPage();
    await guest.goto(link);
    await guest.locator('input[name=password]').fill(PASSWORD);
    await guest.keyboard.press('Enter');
    await guest.locator('main code').nth(1).waitFor();
    assert.equal(
      (await guest.locator('main code').nth(1).innerText()).trim().split('\n').length,
      10,
    );
    await guest.goto('about:blank');
    await guest.goto(link);
    await guest.locator('h1').waitFor();
    await guest.locator('.gate').waitFor();
    assert.equal(await guest.locator('input[name=password]').count(), 0);
    await guest.close();
    await theirs?.close();
  });

  await test('roles change at once and are taken back', async () => {
    await open('/app/admin/users');
    const row = page.locator('main li', { hasText: 'budi' });
    await row.locator('button').click();
    await dialog.locator('input[value=viewer]').check();
    await dialog.locator('button.primary').click();
    const banner = page.locator('.banner button');
    await proveIfAsked(banner);
    await row.locator('.badge').nth(1).waitFor();
    await banner.click();
    await row.locator('.badge').nth(1).waitFor({ state: 'detached' });
  });

  await sweep(world, 'users-edit', '/app/admin/users', {
    looks: ENDS,
    prepare: async () => {
      await page.locator('main li', { hasText: 'budi' }).locator('button').click();
      await dialog.locator('fieldset').waitFor();
    },
  });

  await test('the last administrator stays', async () => {
    await open('/app/admin/users');
    await page
      .locator('main li', { hasText: target.account.name })
      .first()
      .locator('button')
      .click();
    await dialog.locator('input[value=administrator]').uncheck();
    await dialog.locator('button.primary').click();
    const said = page.locator('[role=status]', { hasText: /administrator/ });
    await proveIfAsked(said);
    await open('/app/admin/users');
    assert.match(
      await page.locator('main li', { hasText: target.account.name }).first().innerText(),
      /Administrator/,
    );
  });

  await test('a key is made and shown once, then revoked', async () => {
    await open('/app/me');
    await page.locator('section[aria-labelledby=keys] header button').click();
    await dialog.locator('input[name=key-name]').fill('uji');
    await dialog.locator('input[value=read]').check();
    await dialog.locator('button.primary').click();
    const shown = dialog.locator('code');
    await proveIfAsked(shown);
    assert.match(await shown.innerText(), /^tg_/);
    await page.keyboard.press('Escape');
    const row = page.locator('section[aria-labelledby=keys] li', { hasText: 'uji' });
    await row.locator('button').click();
    await dialog.locator('button.primary').click();
    await row.waitFor({ state: 'detached' });
  });

  await sweep(world, 'me-key', '/app/me', {
    looks: ENDS,
    prepare: async () => {
      await page.locator('section[aria-labelledby=keys] header button').click();
      await dialog.locator('button.primary').click();
      await dialog.locator('[aria-invalid=true]').first().waitFor();
    },
  });

  await test('this device is among the sessions', async () => {
    await open('/app/me');
    const here = page.locator('section[aria-labelledby=sessions] li', {
      has: page.locator('.badge'),
    });
    assert.equal(await here.count(), 1);
  });

  await test('the audit log is filtered, and its chain holds', async () => {
    await open('/app/admin/audit');
    await page.locator('input[name=action]').fill('user');
    await page.keyboard.press('Enter');
    await page.waitForURL(/action=user/);
    await settled();
    const actions = await page.locator('main li code').allInnerTexts();
    assert.ok(actions.length > 0);
    for (const action of actions) assert.match(action, /^user\./);
    await page.locator('main header button').click();
    await page.locator('.banner code').waitFor();
    assert.match(await page.locator('.banner code').innerText(), /^[0-9a-f]{64}$/);
  });
  await sweep(world, 'audit-verified', '/app/admin/audit', {
    looks: ENDS,
    prepare: async () => {
      await page.locator('main header button').click();
      await page.locator('.banner code').waitFor();
    },
  });
  target.save({ cookies: await context.cookies() });
}

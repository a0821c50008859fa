// What an administrator sets and looks at: sensors, rules, kinds of log, the system.
import assert from 'node:assert/strict';
import { AXE, ENDS, sweep } from './looks.mjs';
import { enter } from './target.mjs';

const LINE =
  '203.0.113.9 - - [12/Nov/2026:08:00:01 +0700] "GET /baik HTTP/1.1" 200 512 "-" "curl/8.5.0"';

export async function run(world) {
  const { page, context, target, test } = world;
  const dialog = page.getByRole('dialog');
  const open = (path) => page.goto(target.url + path);
  const configure = async () => {
    await page.locator('tbody .act button').first().click();
    await dialog.locator('input[name=owner]').waitFor();
  };

  await context.addInitScript({ path: AXE });
  await enter(world);

  await sweep(world, 'system', '/app/admin/system');
  await sweep(world, 'sources', '/app/admin/sources', {
    prepare: async () => {
      await page.locator('textarea').fill(`${LINE}\n{"a":`);
      await page.locator('form button.primary').click();
      await page.locator('.records li').nth(1).waitFor();
    },
  });

  await test('a pasted line is read, and nothing of it is kept', async () => {
    await open('/app/admin/sources');
    await page.locator('textarea').fill(LINE);
    await page.locator('form button.primary').click();
    await page.locator('.records table').waitFor();
    assert.match(await page.locator('.read').innerText(), /apache_access/);
    assert.match(await page.locator('.records').innerText(), /http\.response\.status_code\s+200/);
  });

  await sweep(world, 'sensor-set', '/app/sensors', { looks: ENDS, prepare: configure });

  await test('a sensor is configured, and the page shows it', async () => {
    await open('/app/sensors');
    await configure();
    await dialog.locator('input[name=rate]').fill('cepat');
    await dialog.locator('button.primary').click();
    await dialog.locator('[aria-invalid=true]').waitFor();
    await dialog.locator('input[name=title]').fill('Peladen web kota');
    await dialog.locator('input[name=owner]').fill('Dinas Kominfo');
    await dialog.locator('input[name=rate]').fill('5000');
    await dialog.locator('button.primary').click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText('Peladen web kota').waitFor();
    assert.match(await page.locator('tbody').innerText(), /Dinas Kominfo/);
  });

  await test('a rule is switched off with a reason, and on again', async () => {
    await open('/app/rules');
    await page.locator('a.opener').first().click();
    const enabled = dialog.locator('input[name=enabled]');
    for (const off of [true, false]) {
      await enabled.waitFor();
      await enabled.setChecked(!off);
      await dialog.locator('button.primary').click();
      await dialog.locator('[aria-invalid=true]').waitFor();
      await dialog.locator('input[name=reason]').fill(off ? 'pemindai kita' : 'selesai');
      await dialog.locator('button.primary').click();
      const mark = dialog.locator('.marks').getByText(/^(Mati|Off)/);
      await mark.waitFor({ state: off ? 'visible' : 'detached' });
    }
  });

  await sweep(world, 'rule-set', '/app/rules', {
    looks: ENDS,
    prepare: async () => {
      await page.locator('a.opener').first().click();
      await dialog.locator('input[name=reason]').waitFor();
    },
  });
}

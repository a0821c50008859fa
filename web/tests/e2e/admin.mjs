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
    const enabled = page.locator('input[name=enabled]');
    const save = page.locator('form button.primary').first();
    for (const off of [true, false]) {
      await enabled.waitFor();
      await enabled.setChecked(!off);
      await save.click();
      await page.locator('[aria-invalid=true]').waitFor();
      await page.locator('input[name=reason]').fill(off ? 'pemindai kita' : 'selesai');
      await save.click();
      const mark = page.locator('.marks').getByText(/^(Mati|Off)/);
      await mark.waitFor({ state: off ? 'visible' : 'detached' });
    }
  });

  await test('an exception is tried over stored detections, made, seen in the history, and ended', async () => {
    await open('/app/triage?view=all');
    await page.locator('[data-row]').first().click();
    await page.locator('a[href*="/app/rules/"]').first().click();
    await page.locator('.about').waitFor();
    await page.getByRole('button', { name: /Buat pengecualian|Make an exception/ }).click();
    await page.locator('input[name=value]').fill('0.0.0.0/0');
    await page.locator('fieldset select').selectOption('in_network');
    await page.locator('input[name=exception-owner]').fill('Budi');
    await page.locator('input[name=exception-reason]').fill('pemindai kita sendiri');
    const save = page.getByRole('button', { name: /Simpan pengecualian|Save the exception/ });
    await save.click();
    await page.getByText(/Lihat pratinjaunya dulu|Look at its preview first/).waitFor();
    await page.getByRole('button', { name: /^(Pratinjau|Preview)$/ }).click();
    await page.locator('.preview').waitFor();
    await save.click();
    await page.locator('.exceptions li').waitFor();
    await page.getByText(/^(Pengecualian dibuat|Exception made)$/).waitFor();
    await page.locator('.exceptions button').click();
    await page.locator('.exceptions').waitFor({ state: 'detached' });
    await page.getByText(/^(Pengecualian diakhiri|Exception ended)$/).waitFor();
  });

  await test('a rule over stored events finds what it found live', async () => {
    await open('/app/triage?view=all');
    await page.locator('[data-row]').first().click();
    await page.locator('a[href*="/app/rules/"]').first().click();
    await page.locator('.about').waitFor();
    const id = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1));
    await page.locator('.hunt select').selectOption('366');
    await page.getByRole('button', { name: /^(Jalankan|Run)$/ }).click();
    await page
      .locator('.hunt')
      .getByText(/^(Selesai|Done)$/)
      .waitFor({ timeout: 60_000 });
    const hunts = await page.evaluate(async () => (await fetch('/api/v1/hunts')).json());
    const hunt = hunts.items.find((each) => each.subject === id);
    const live = await page.evaluate(
      async (q) => (await fetch(`/api/v1/events/histogram?from=now-366d&q=${q}`)).json(),
      encodeURIComponent(`rule:${id}`),
    );
    const events = live.counts.reduce((sum, count) => sum + count, 0);
    assert.ok(events > 0);
    assert.equal(hunt.detected_events, events);
    assert.equal(hunt.known, hunt.detections);
  });

  await test('an own rule is checked, starts switched off, and is removed', async () => {
    await open('/app/rules/new');
    const text = page.locator('textarea[name=yaml]');
    const draft = await text.inputValue();
    await text.fill(draft.replace('detection:', 'detections:'));
    await page.getByRole('button', { name: /^(Periksa|Check)$/ }).click();
    await page.locator('.check .fault').first().waitFor();
    await text.fill(draft.replace('title: ', 'title: Aturan percobaan'));
    await page.getByRole('button', { name: /^(Periksa|Check)$/ }).click();
    await page.locator('.hunt').waitFor();
    await page.locator('input[name=text-reason]').fill('kampanye baru');
    await page.getByRole('button', { name: /Simpan teks|Save the text/ }).click();
    await page
      .locator('.marks')
      .getByText(/^(Mati|Off)/)
      .waitFor();
    await page.getByText(/^(Teks ditulis|Text written)$/).waitFor();
    await page.getByRole('button', { name: /Hapus aturan ini|Remove this rule/ }).click();
    await dialog.locator('button.primary').click();
    await page.locator('.filter').waitFor();
    assert.equal(await page.getByText('Aturan percobaan').count(), 0);
  });

  await sweep(world, 'rule-set', '/app/rules', {
    looks: ENDS,
    prepare: async () => {
      await page.locator('a.opener').first().click();
      await page.locator('input[name=reason]').waitFor();
      await page.getByRole('button', { name: /Buat pengecualian|Make an exception/ }).click();
    },
  });
}

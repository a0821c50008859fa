// What an office keeps about itself: organisations, assets row by row, playbooks, clocks, days off.
import assert from 'node:assert/strict';
import { AXE, ENDS, sweep } from './looks.mjs';
import { enter } from './target.mjs';

export async function run(world) {
  const { page, context, target, test, settled } = world;
  const dialog = page.getByRole('dialog');
  const open = async (path) => {
    await page.goto(target.url + path);
    await settled();
  };
  const submit = () => dialog.locator('button.primary').last().click();
  const closed = () => dialog.first().waitFor({ state: 'hidden' });
  const fill = (name, value) => dialog.locator(`input[name=${name}]`).first().fill(value);

  await context.addInitScript({ path: AXE });
  await enter(world);

  await sweep(world, 'organisations-none', '/app/admin/assets/organisations', { looks: ENDS });

  await test('contacts: a CSV is checked, every wrong row is named, then it is taken', async () => {
    await open('/app/admin/assets/organisations');
    await page.locator('main header button').first().click();
    await dialog.locator('textarea').fill('Dinas Kesehatan,Sari,,,\nDinas Kesehatan,Tono,,x,\n');
    await submit();
    await dialog.locator('.wrong li').nth(1).waitFor();
    await dialog
      .locator('textarea')
      .fill(
        'organisation,contact,role,phone,email\n' +
          'Dinas Kesehatan,Sari Wijaya,Agen siber,+62 811-1234-567,sari@dinkes.example\n' +
          'Dinas Kesehatan,Tono,,(021) 555 110,\nDinas Pendidikan\n',
      );
    await submit();
    await dialog.locator('.good').waitFor();
    await submit();
    await page.locator('tbody tr').nth(1).waitFor();
    const link = page.locator('a[href^="tel:"]').first();
    assert.equal(await link.getAttribute('href'), 'tel:+628111234567');
  });

  await test('an organisation is written down, changed and removed', async () => {
    await open('/app/admin/assets/organisations');
    await page.locator('main header button.primary').click();
    await fill('name', 'Badan Uji');
    await fill('contact_name', 'Budi');
    await submit();
    await dialog.locator('.refusal').waitFor();
    await fill('contact_phone', '110');
    await submit();
    await closed();
    const row = page.locator('tbody tr', { hasText: 'Badan Uji' });
    await row.locator('button').click();
    await dialog.locator('textarea').fill('Lantai 2');
    await submit();
    await closed();
    await row.getByText('Lantai 2').waitFor();
    await row.locator('button').click();
    await dialog.locator('form p button').last().click();
    await dialog.last().locator('button.primary').click();
    await row.waitFor({ state: 'detached' });
  });

  await sweep(world, 'organisations', '/app/admin/assets/organisations');
  await sweep(world, 'organisation-edit', '/app/admin/assets/organisations', {
    looks: ENDS,
    prepare: async () => {
      await page.locator('tbody button').first().click();
      await dialog.locator('input[name=contact_name]').first().waitFor();
    },
  });

  await test('one asset is added, its fault is beside its field, and removed', async () => {
    await open('/app/admin/assets');
    await page.locator('main header button.primary').click();
    await fill('network', 'bukan jaringan');
    await fill('name', 'peladen uji');
    await submit();
    await dialog.locator('input[name=network][aria-invalid=true]').waitFor();
    await fill('network', '198.51.100.77');
    await submit();
    await closed();
    const row = page.locator('tbody tr', { hasText: 'peladen uji' });
    await row.locator('button').click();
    await dialog.locator('form p button').last().click();
    await dialog.last().locator('button.primary').click();
    await row.waitFor({ state: 'detached' });
  });
  await sweep(world, 'asset-edit', '/app/admin/assets', {
    looks: ENDS,
    prepare: async () => {
      await page.locator('main header button.primary').click();
      await dialog.locator('input[name=network]').waitFor();
    },
  });

  await sweep(world, 'playbooks', '/app/admin/casework', {
    prepare: () => page.locator('summary').first().click(),
  });
  await sweep(world, 'clocks', '/app/admin/casework/clocks');
  await sweep(world, 'holidays', '/app/admin/casework/holidays?year=2026');

  await test('a service clock is switched off with a reason, and on again', async () => {
    await open('/app/admin/casework/clocks');
    await page.locator('tbody button').first().click();
    await submit();
    await dialog.locator('[aria-invalid=true]').waitFor();
    await fill('reason', 'Tidak dijanjikan');
    await submit();
    await closed();
    await page.getByText('Tidak dijanjikan').waitFor();
    await page.locator('tbody button').first().click();
    await page.getByText('Tidak dijanjikan').waitFor({ state: 'detached' });
  });
  await sweep(world, 'clock-off', '/app/admin/casework/clocks', {
    looks: ENDS,
    prepare: async () => {
      await page.locator('tbody button').first().click();
      await dialog.locator('input[name=reason]').waitFor();
    },
  });

  await test('a day off of our own is added beside those of the file, and removed', async () => {
    await open('/app/admin/casework/holidays');
    await page.locator('main form button.primary').click();
    await page.locator('main [aria-invalid=true]').first().waitFor();
    await page.locator('input[name=date]').fill('2027-03-17');
    await page.locator('input[name=holiday]').fill('Hari Jadi Kota');
    await page.locator('main form button.primary').click();
    const row = page.locator('main li', { hasText: 'Hari Jadi Kota' });
    await row.waitFor();
    await row.locator('button').click();
    await row.waitFor({ state: 'detached' });
  });
}

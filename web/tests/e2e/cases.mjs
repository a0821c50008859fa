// A case from its opening to its close wizard, by the page alone; then every part in every look.
import assert from 'node:assert/strict';
import { AXE, ENDS, sweep } from './looks.mjs';
import { enter } from './target.mjs';

/** A change by somebody else: by the API, with the page's own session. */
function elsewhere(page, method, route, body, version) {
  return page.evaluate(
    async ([verb, path, data, seen]) => {
      const headers = { 'Content-Type': 'application/json', 'X-Requested-With': 'tanggap' };
      if (seen !== undefined) headers['If-Match'] = `"v${seen}"`;
      const answer = await fetch(`/api/v1${path}`, {
        method: verb,
        headers,
        body: data ? JSON.stringify(data) : undefined,
      });
      return answer.json();
    },
    [method, route, body, version],
  );
}

const dialogOf = (page) => page.getByRole('dialog');
const submit = (page) => dialogOf(page).locator('button.primary').click();

async function open(page, base) {
  await page.goto(`${base}/app/cases`);
  await page.locator('h1').waitFor();
  await page.keyboard.press('c');
  const dialog = dialogOf(page);
  await dialog.locator('select').first().locator('option[value="fraud/phishing"]').waitFor({
    state: 'attached',
  });
  await dialog.locator('input[name="title"]').fill('Situs palsu <b>pajak</b> kota');
  await dialog.locator('input[name="organisation"]').fill('Bapenda');
  await dialog.locator('select').first().selectOption('fraud/phishing');
  await submit(page);
  await page.waitForURL(/\/app\/cases\/KAS-/);
  await page.locator('h1').filter({ hasText: 'pajak' }).waitFor();
  return page.url().split('/').at(-1);
}

async function work({ page, test }, base, number) {
  const at = (part) => page.goto(`${base}/app/cases/${number}${part ? `/${part}` : ''}`);
  await test('the playbook of the class gave tasks; one is done in its row', async () => {
    await page.keyboard.press('2');
    const select = page.locator('main li select').first();
    await select.waitFor();
    assert.ok((await page.locator('main li select').count()) >= 6);
    await select.selectOption('done');
    await page.locator('main li.ended').first().waitFor();
  });
  await test('an action on the timeline stands above the opening', async () => {
    await page.keyboard.press('3');
    await page.locator('main ol li').first().waitFor();
    await page.keyboard.press('n');
    await dialogOf(page).locator('select').selectOption('action');
    await dialogOf(page).locator('textarea').fill('Penurunan diminta ke penyedia hosting');
    await submit(page);
    await page.locator('main li.own').waitFor();
    assert.match(await page.locator('main li.own').innerText(), /Penurunan diminta/);
  });
  await test('pasted text becomes observables, shown harmless', async () => {
    await at('observables');
    await page.locator('textarea').fill('hxxps://pajak-kota[.]example/masuk dari 203.0.113.45');
    await page.locator('main .found li').nth(2).waitFor();
    await page.locator('main form button.primary').click();
    await page.locator('main .rows li').nth(2).waitFor();
    const rows = await page.locator('main .rows').innerText();
    assert.match(rows, /203\[\.\]0\[\.\]113\[\.\]45/);
    assert.equal(await page.locator('main .rows a[href*="pajak-kota"]').count(), 0);
  });
  await test('two write one note: the second sees both and loses nothing', async () => {
    await at('notes');
    await page.locator('main .index button').first().click();
    await page.locator('textarea').fill('satu\ndua\n');
    await page.locator('main .acts button').first().click();
    const notes = async () => (await elsewhere(page, 'GET', `/cases/${number}/notes`)).items;
    await page.waitForFunction(
      () => !document.querySelector('main .acts button:not([disabled]).primary'),
    );
    const [note] = await notes();
    await page.locator('textarea').fill('satu\ndua\ntiga milik saya\n');
    await elsewhere(
      page,
      'PATCH',
      `/cases/${number}/notes/${note.id}`,
      { text: 'nol dari orang lain\nsatu\ndua\n' },
      note.version,
    );
    await page.locator('main .acts button').first().click();
    await page.locator('main .merge').waitFor();
    await page.locator('main .acts button').first().click();
    await page.locator('main .merge').waitFor({ state: 'detached' });
    const [saved] = await notes();
    assert.equal(saved.text, 'nol dari orang lain\nsatu\ndua\ntiga milik saya\n');
  });
  await test('what another does is seen at once; two who write the same fields lose nothing', async () => {
    await at('');
    await page.locator('h1').filter({ hasText: 'pajak' }).waitFor();
    const change = async (body) => {
      const subject = await elsewhere(page, 'GET', `/cases/${number}`);
      await elsewhere(page, 'PATCH', `/cases/${number}`, body, subject.version);
    };
    await change({ labels: ['dari-orang-lain'] });
    await page.locator('section[aria-labelledby=people]').getByText('dari-orang-lain').waitFor();

    await page.keyboard.press('e');
    await page.locator('textarea[name="summary"]').fill('Ringkasan dari saya');
    await change({ summary: 'Ringkasan dari orang lain', cause: 'Sebab dari orang lain' });
    await page.getByText(/baru diperbarui di tempat lain|just updated elsewhere/).waitFor();
    assert.equal(
      await page.locator('textarea[name="summary"]').inputValue(),
      'Ringkasan dari saya',
      'nothing moves under the writer',
    );
    const save = () => page.locator('main form button.primary').first().click();
    await save();
    await page.locator('main form .refusal').waitFor();
    await save();
    await page.locator('textarea[name="summary"]').waitFor({ state: 'detached' });
    const after = await elsewhere(page, 'GET', `/cases/${number}`);
    assert.match(after.summary, /Ringkasan dari saya/);
    assert.match(after.summary, /Ringkasan dari orang lain/);
    assert.equal(after.cause, 'Sebab dari orang lain');
  });
  await test('a file becomes evidence with its hash and its custody', async () => {
    await at('evidence');
    await page.locator('main button.primary').click();
    await dialogOf(page)
      .locator('input[type="file"]')
      .setInputFiles({ name: 'akses.log', mimeType: 'text/plain', buffer: Buffer.from('abc') });
    await submit(page);
    await page.locator('main li code').waitFor();
    assert.equal(
      await page.locator('main li code').innerText(),
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    await page.locator('main .acts button').first().click();
    await dialogOf(page).locator('li').first().waitFor();
    await page.keyboard.press('Escape');
  });
  await test('impact and urgency give a priority, with reasons and clocks', async () => {
    await at('');
    await page.locator('.rest button').first().click();
    await dialogOf(page).locator('select').first().selectOption('3');
    await dialogOf(page).locator('input[name="personal_data"]').check();
    await submit(page);
    await page.locator('.reasons li').nth(2).waitFor();
    await page.locator('.rest .list dl').first().waitFor(); // the duty of personal data
  });
  await test('the close wizard names what is missing', async () => {
    await elsewhere(page, 'GET', `/cases/${number}`).then((subject) =>
      elsewhere(page, 'POST', `/cases/${number}/stage`, { to: 'containment' }, subject.version),
    );
    await at('');
    await page.locator('main header button.primary').click();
    assert.ok((await dialogOf(page).locator('li').count()) >= 8);
    await page.keyboard.press('Escape');
  });
}

export async function run(world) {
  const { page, context, target } = world;
  await context.addInitScript({ path: AXE });
  await enter(world);
  let number = '';
  await world.test('a case is opened by keyboard and dialog', async () => {
    number = await open(page, target.url);
    assert.match(await page.locator('h1').innerText(), /<b>pajak<\/b>/); // text stays text
  });
  await work(world, target.url, number);
  const ready = () => page.locator('h1').waitFor();
  await sweep(world, 'cases', '/app/cases?q=', { ready });
  await sweep(world, 'case', `/app/cases/${number}`, { ready });
  for (const part of ['tasks', 'timeline', 'evidence', 'observables', 'alerts', 'notes']) {
    await sweep(world, `case-${part}`, `/app/cases/${number}/${part}`, { looks: ENDS, ready });
  }
  await sweep(world, 'case-new', '/app/cases', {
    looks: ENDS,
    prepare: async () => {
      await page.locator('main header button.primary').click();
      await dialogOf(page).locator('option').nth(5).waitFor({ state: 'attached' });
    },
  });
  await sweep(world, 'case-move', `/app/cases/${number}`, {
    looks: ENDS,
    prepare: async () => {
      await page.getByRole('button', { name: /^(Pindah tahap|Move stage)$/ }).click();
      await dialogOf(page).waitFor();
    },
  });
  await sweep(world, 'case-missing', '/app/cases/KAS-2020-0001', { looks: ENDS, ready });
}

// The story of a duty officer, keyboard only, in both languages: logs have come in → the web-shell
// upload is the top alert and says why → its events → search. No pointer, no script that moves the
// focus.
import assert from 'node:assert/strict';
import { tabTo } from './browser.mjs';
import { signIn } from './target.mjs';

const WORDS = {
  id: {
    title: /web ?shell.*unggah/i,
    why: 'Mengapa menyala',
    says: /^Menyala karena/,
    raw: 'Tampilkan catatan asli',
    found: /^[\d.]+ peristiwa$/,
  },
  en: {
    title: /web ?shell.*upload/i,
    why: 'Why it fired',
    says: /^Fired because/,
    raw: 'Show original record',
    found: /^[\d,]+ events?$/,
  },
};

export async function run(world) {
  for (const locale of Object.keys(WORDS)) {
    await world.context.clearCookies();
    await tell(world, locale);
  }
}

async function tell({ page, target, settled, test: check }, locale) {
  const words = WORDS[locale];
  const test = (title, run) => check(`${locale}: ${title}`, run);
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const shot = async (name) => {
    if (!process.env.SCREENSHOTS) return;
    await page.screenshot({
      path: `${process.env.SCREENSHOTS}/story-${locale}-${name}.png`,
      fullPage: true,
    });
  };

  await test('choose the language and sign in', async () => {
    await page.goto(`${target.url}/app/`);
    await settled();
    await tabTo(page, `button[lang=${locale}]`);
    await press('Enter');
    await page.waitForFunction((l) => document.documentElement.lang === l, locale);
    await signIn(page, target);
    await settled();
    await shot('1-dashboard');
  });

  await test('the web-shell upload is the top alert', async () => {
    await press('g', 't');
    await page.waitForURL(/\/app\/triage$/);
    await settled();
    await page.locator('[data-row]').first().waitFor();
    await shot('2-triage');
    await press('j');
    await page.waitForFunction(() => document.activeElement?.matches('[data-row]'));
    assert.match(await page.evaluate(() => document.activeElement.textContent.trim()), words.title);
    await press('Enter');
    await page.waitForURL(/\/app\/alerts\/ALR-\d+$/);
    await settled();
    assert.match(await page.locator('h1').innerText(), words.title);
  });

  await test('it says why', async () => {
    const why = page.getByRole('region', { name: words.why });
    const sentence = (await why.locator('.sentence').innerText()).trim();
    assert.match(sentence, words.says);
    assert.ok(
      (await why.locator('tbody tr').count()) >= 1,
      'no field is shown that made the rule match',
    );
    assert.equal(await why.locator('a').count(), 0, 'evidence must not be a link');
    const priority = page.locator('section', { hasText: /\/100/ });
    assert.equal(await priority.locator('tbody tr').count(), 4, 'the priority has four factors');
    await shot('3-alert');
  });

  await test('its events, with all their fields and the original record', async () => {
    await press('j', 'Enter');
    await page.getByText('event.dataset', { exact: true }).first().waitFor();
    await page.getByText('@timestamp', { exact: true }).first().waitFor();
    await tabTo(page, '.raw button');
    assert.equal(await page.evaluate(() => document.activeElement.textContent.trim()), words.raw);
    await press('Enter');
    await page.locator('.raw pre').waitFor();
    await shot('4-event');
  });

  await test('on to the search', async () => {
    await press('f');
    await page.waitForURL(/\/app\/events\?q=alert/);
    await settled();
    await press('/', 'End');
    await page.keyboard.type(' http.request.method:POST');
    await press('Enter');
    await page.waitForURL(/POST/);
    await settled();
    assert.match(
      await page.getByRole('status').filter({ hasText: words.found }).first().innerText(),
      words.found,
    );
    assert.ok((await page.locator('[data-row]').count()) > 0, 'the search finds the upload');
    await shot('5-search');
  });
}

// The story of a duty officer, keyboard only: logs come in → the web-shell upload is the top
// alert and says why → its events → search.
//
// Against a running server (TANGGAP_URL …) the logs are there already, or are sent here:
//   TANGGAP_STORY_LOG   a file of raw lines        TANGGAP_API_KEY   with events:ingest and read
//   TANGGAP_STORY_TITLE what the top alert's title holds (default: web shell)
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { settled, setPreferences } from './browser.mjs';
import { signIn } from './target.mjs';

const TITLE = new RegExp(process.env.TANGGAP_STORY_TITLE ?? 'web ?shell', 'i');
const ARCHIVED_WITHIN_MS = 120_000;
const ASK_EVERY_MS = 500;

async function importLog(target) {
  const headers = { Authorization: `Bearer ${process.env.TANGGAP_API_KEY}` };
  const sent = await fetch(`${target.url}/api/v1/ingest/story-web`, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'text/plain' },
    body: readFileSync(process.env.TANGGAP_STORY_LOG),
  });
  assert.equal(sent.status, 202, `the log was refused: ${await sent.clone().text()}`);
  const { batch } = await sent.json();
  const deadline = Date.now() + ARCHIVED_WITHIN_MS;
  while (Date.now() < deadline) {
    const answer = await fetch(`${target.url}/api/v1/ingest/batches/${batch}`, { headers });
    if (answer.ok && (await answer.json()).state === 'archived') return;
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
  throw new Error(`batch ${batch} did not reach the archive within ${ARCHIVED_WITHIN_MS / 1000} s`);
}

export async function run({ page, target, test, skip }) {
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const shot = async (name) => {
    if (!process.env.SCREENSHOTS) return;
    await page.screenshot({ path: `${process.env.SCREENSHOTS}/story-${name}.png`, fullPage: true });
  };

  if (target.mock) skip('logs come in', 'the mock has its own data');
  else if (!process.env.TANGGAP_STORY_LOG) skip('logs come in', 'TANGGAP_STORY_LOG is not set');
  else await test('logs come in', () => importLog(target));

  await test('sign in', async () => {
    await page.goto(`${target.url}/app/sign-in`);
    await setPreferences(page, { theme: 'light', locale: 'id' });
    await page.reload();
    await signIn(page, target);
    await settled(page);
    await shot('1-dashboard');
  });

  await test('the web-shell upload is the top alert', async () => {
    await press('g', 'a');
    await page.waitForURL(/\/app\/alerts$/);
    await page.locator('[data-row]').first().waitFor();
    await shot('2-alerts');
    await press('j');
    await page.waitForFunction(() => document.activeElement?.matches('a[data-row]'));
    const title = await page.evaluate(() => document.activeElement.textContent.trim());
    assert.match(title, TITLE);
    await press('Enter');
    await page.waitForURL(/\/app\/alerts\/ALR-\d+$/);
    await settled(page);
    assert.match(await page.locator('h1').innerText(), TITLE);
  });

  await test('it says why', async () => {
    const why = page.getByRole('region', { name: 'Mengapa menyala' });
    const sentence = (await why.locator('.sentence').innerText()).trim();
    assert.ok(sentence.length > 20, `the sentence is only ${JSON.stringify(sentence)}`);
    assert.ok(
      (await why.locator('tbody tr').count()) >= 1,
      'no field is shown that made the rule match',
    );
    assert.equal(await why.locator('a').count(), 0, 'evidence must not be a link');
    const priority = page.locator('section', { hasText: /^Mengapa \d+\?/ });
    assert.equal(await priority.locator('tbody tr').count(), 4, 'the priority has four factors');
    await shot('3-alert');
  });

  await test('its events, with all their fields', async () => {
    await page.locator('[data-row]').first().waitFor();
    await press('j', 'Enter');
    await page.getByText('event.dataset', { exact: true }).first().waitFor();
    await page.getByText('@timestamp', { exact: true }).first().waitFor();
    await shot('4-event');
  });

  await test('on to the search', async () => {
    await press('s');
    await page.waitForURL(/\/app\/events\?q=alert/);
    await page.locator('[data-row]').first().waitFor();
    await settled(page);
    await press('/');
    await page.keyboard.press('End');
    await page.keyboard.type(' http.request.method:POST');
    await press('Enter');
    await page.waitForFunction(() =>
      (new URL(location.href).searchParams.get('q') ?? '').includes('POST'),
    );
    await settled(page);
    await page.locator('[data-row]').first().waitFor();
    await shot('5-search');
  });
}

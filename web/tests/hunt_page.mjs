// A page of `tanggap hunt --html` full of hostile text, opened from disk: nothing runs but the page's own
// script, nothing is fetched, and every text is seen as it is. Started by tests/hunt/page_test.py.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import axeCore from 'axe-core';

const axe = axeCore.source;
const [, , file, textsFile] = process.argv;
const url = pathToFileURL(file).href;
const texts = JSON.parse(readFileSync(textsFile, 'utf8'));
const pictures = process.env.SCREENSHOTS;
let passed = 0;
let failed = 0;
function check(name, found, expected = true) {
  const good = JSON.stringify(found) === JSON.stringify(expected);
  if (good) passed += 1;
  else {
    failed += 1;
    console.log(
      `FAILED ${name}: ${JSON.stringify(found)?.slice(0, 600)}, expected ${JSON.stringify(expected)?.slice(0, 200)}`,
    );
  }
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: ['--no-sandbox', '--disable-gpu'],
});
for (const [locale, width, colorScheme] of [
  ['id-ID', 1280, 'light'],
  ['en-GB', 1280, 'dark'],
  ['id-ID', 320, 'light'],
]) {
  const language = locale.slice(0, 2);
  const context = await browser.newContext({
    locale,
    colorScheme,
    viewport: { width, height: 900 },
    bypassCSP: false,
  });
  const page = await context.newPage();
  const faults = [];
  page.on('console', (message) => faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('dialog', (dialog) => {
    faults.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== url) faults.push(`request ${request.url()}`);
  });
  await page.goto(url);
  const name = `${locale} ${width}`;

  // Every row of every page of the table: its cells hold the text and nothing but text.
  const seen = [];
  for (;;) {
    seen.push(
      ...(await page.$$eval('#list tbody tr', (rows) =>
        rows.map((row) => [
          row.cells[3].textContent,
          row.querySelectorAll('script,img,svg,iframe,a').length,
        ]),
      )),
    );
    if (await page.$eval('#go-next', (button) => button.disabled)) break;
    await page.click('#go-next');
  }
  check(`${name}: every finding is listed`, seen.length, texts.length);
  check(
    `${name}: no cell holds an element of a log`,
    seen.every(([, elements]) => elements === 0),
  );
  const whole = new Set(seen.map(([text]) => text));
  const lost = texts.filter(
    (text) => text.length < 120 && !text.includes('\u0000') && !whole.has(text),
  );
  check(`${name}: every text is shown as it is`, lost, []);
  check(
    `${name}: no script of a log ran`,
    await page.evaluate(() => globalThis.pwned === undefined),
  );
  check(
    `${name}: scripts are the page's own`,
    await page.$$eval('script', (scripts) => scripts.length),
    2,
  );
  check(`${name}: language`, await page.evaluate(() => document.documentElement.lang), language);
  check(
    `${name}: no sideways scrolling`,
    await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
  );
  if (pictures)
    await page.screenshot({
      path: `${pictures}/hunt-${language}-${width}.png`,
      fullPage: width > 400,
    });

  // The filters, by keyboard.
  await page.focus('#f-text');
  await page.keyboard.type('<MARQUEE');
  const marquees = texts.filter((text) => text.includes('<marquee')).length;
  check(
    `${name}: the search finds text`,
    await page.$$eval('#list tbody tr', (rows) => rows.length),
    marquees,
  );
  check(
    `${name}: what is typed stays text`,
    await page.evaluate(() => globalThis.pwned === undefined),
  );
  await page.selectOption('#f-level', '4');
  check(
    `${name}: levels above are none`,
    await page.$$eval('#list tbody tr', (rows) => rows.length),
    0,
  );
  await page.focus('#language');
  await page.keyboard.press('Enter');
  check(
    `${name}: the other language`,
    await page.evaluate(() => document.documentElement.lang),
    language === 'id' ? 'en' : 'id',
  );
  check(`${name}: nothing was refused, fetched or thrown`, faults, []);

  // An attack on the policy itself, from the page's own world: it must be refused.
  const refused = await page.evaluate(() => {
    try {
      document.body.innerHTML = '<img src=x onerror=globalThis.pwned=1>';
      return 'allowed';
    } catch {
      return 'refused';
    }
  });
  check(`${name}: markup from text is refused by policy`, refused, 'refused');
  await context.close();

  const reading = await browser.newContext({
    locale,
    colorScheme,
    viewport: { width, height: 900 },
    bypassCSP: true,
  });
  const looked = await reading.newPage();
  await looked.goto(url);
  await looked.evaluate(axe);
  const problems = await looked.evaluate(async () =>
    (
      await globalThis.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })
    ).violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 200)}`),
  );
  check(`${name}: axe`, problems, []);
  await reading.close();
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

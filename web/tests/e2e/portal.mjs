// The public pages in Chromium: JavaScript off for the whole way of a report, by keyboard alone;
// then every page in both languages, both themes, phone and desk, with axe, widths and sizes.
//
//   TANGGAP_URL=http://127.0.0.1:8080 node tests/e2e/portal.mjs      SCREENSHOTS=folder
//
// tests/console/portal_test.py starts the server and runs it.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const URL_BASE = process.env.TANGGAP_URL?.replace(/\/+$/, '');
if (!URL_BASE) throw new Error('set TANGGAP_URL (a running server that is set up)');
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const PAGE_BYTES_MAX = 30_000;
const TARGET_PX_MIN = 44;
/** The form refuses what no person could fill in so fast. */
const PERSON_MS = 2100;
const pictures = process.env.SCREENSHOTS;
if (pictures) mkdirSync(pictures, { recursive: true });

let passed = 0;
let failed = 0;
let faults = [];
async function test(title, run) {
  faults = [];
  try {
    await run();
    assert.deepEqual(faults, []);
    passed += 1;
    console.log(`ok    ${title}`);
  } catch (error) {
    failed += 1;
    console.error(`FAIL  ${title}\n${error.stack ?? error}`);
  }
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});

async function open(options) {
  const context = await browser.newContext({
    locale: 'id-ID',
    timezoneId: 'Asia/Jakarta',
    ...options,
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) faults.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(URL_BASE) && !request.url().startsWith('data:')) {
      faults.push(`request to elsewhere: ${request.url()}`);
    }
  });
  page.on('response', (response) => {
    if (response.status() >= 500) faults.push(`${response.status()} from ${response.url()}`);
  });
  return { context, page };
}

/** Tab until the wanted thing has the focus: what a keyboard cannot reach is not there. */
async function tabTo(page, locator) {
  for (let i = 0; i < 60; i += 1) {
    if (await locator.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not reach ${locator}`);
}

async function submit(page, name) {
  await tabTo(page, page.getByRole('button', { name, exact: true }));
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
}

async function choose(page, label) {
  const radio = page.getByRole('radio', { name: label });
  // One tab stop for the group; arrows move in it.
  await tabTo(page, page.getByRole('radio').first());
  for (let i = 0; i < 12 && !(await radio.isChecked()); i += 1) {
    await page.keyboard.press(i === 0 ? 'Space' : 'ArrowDown');
  }
  assert.ok(await radio.isChecked(), `${label} cannot be chosen by keyboard`);
}

const WORDS = {
  id: {
    at: '',
    next: 'Lanjut',
    skip: 'Lanjut tanpa berkas',
    send: 'Kirim laporan',
    open: 'Buka laporan',
    say: 'Kirim pesan',
    what: /Saya tertipu/,
    identity: /^Anonim/,
    error: /^Galat: /,
    sent: 'Laporan Anda sudah kami terima',
  },
  en: {
    at: '/en',
    next: 'Continue',
    skip: 'Continue without files',
    send: 'Send report',
    open: 'Open report',
    say: 'Send message',
    what: /I was deceived/,
    identity: /^Anonymous/,
    error: /^Error: /,
    sent: 'We have received your report',
  },
};

async function wholeWay(language) {
  const words = WORDS[language];
  const { context, page } = await open({
    javaScriptEnabled: false,
    viewport: { width: 320, height: 640 },
  });
  await page.goto(`${URL_BASE}${words.at}/lapor`);
  await submit(page, words.next);
  assert.match(await page.title(), words.error);
  const summary = page.getByRole('alert');
  assert.ok(
    await summary.evaluate((element) => element === document.activeElement),
    'the summary has the focus',
  );
  await summary.getByRole('link').press('Enter');
  assert.ok((await page.url()).endsWith('#what'));
  await choose(page, words.what);
  await submit(page, words.next);
  assert.match(await page.locator('main').innerText(), /110/);
  await submit(page, words.next);
  await tabTo(page, page.locator('#where'));
  await page.keyboard.type('pajak-kota.example');
  await submit(page, words.next);
  await tabTo(page, page.locator('#story'));
  await page.keyboard.type('Saya diminta transfer oleh nomor tidak dikenal.\nSudah terlanjur.');
  await submit(page, words.next);
  await submit(page, words.skip);
  await choose(page, words.identity);
  await submit(page, words.next);
  assert.match(await page.locator('dl').innerText(), /Sudah terlanjur/);
  await page.waitForTimeout(PERSON_MS);
  await submit(page, words.send);
  assert.equal(await page.locator('h1').innerText(), words.sent);
  const [number, code] = await page.locator('.number').allInnerTexts();
  assert.match(number, /^LPR-\w{4}-\w{4}$/);
  assert.ok(!page.url().includes(code.slice(0, 4)));
  await page.goto(`${URL_BASE}${words.at}/lacak`);
  await tabTo(page, page.locator('#nomor'));
  await page.keyboard.type(number.toLowerCase());
  await tabTo(page, page.locator('#kode'));
  await page.keyboard.type(code);
  await submit(page, words.open);
  assert.equal(await page.locator('h1').innerText(), number);
  await tabTo(page, page.locator('#pesan'));
  await page.keyboard.type('<b>Tambahan</b> & "kutip"');
  await submit(page, words.say);
  assert.match(await page.locator('.talk').innerText(), /<b>Tambahan<\/b> & "kutip"/);
  await context.close();
  return { number, code };
}

const reports = {};
for (const language of ['id', 'en']) {
  await test(`a report from first page to answer, no JavaScript, keyboard only, 320 px, ${language}`, async () => {
    reports[language] = await wholeWay(language);
  });
}

async function inspect(page, name, language, theme, width) {
  const sideways = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.equal(sideways, 0, `the page is ${sideways} px wider than the window`);
  assert.equal(await page.locator('h1').count(), 1);
  assert.equal(await page.locator('html').getAttribute('lang'), language);
  const small = await page.evaluate((min) => {
    const ours = [
      ...document.querySelectorAll(
        'button, .button, nav a, .radio label, main input:not([type=hidden]):not([type=radio]):not([tabindex="-1"])',
      ),
    ];
    return ours
      .filter((each) => each.getBoundingClientRect().height < min)
      .map((each) => each.outerHTML.slice(0, 100));
  }, TARGET_PX_MIN);
  assert.deepEqual(small, [], 'things to press are at least 44 px high');
  await page.evaluate(readFileSync(AXE, 'utf8'));
  const violations = await page.evaluate(async (tags) => {
    const result = await window.axe.run(document, {
      runOnly: { type: 'tag', values: tags },
      resultTypes: ['violations'],
    });
    return result.violations.map(
      (each) =>
        `${each.id}: ${each.help} ${each.nodes.map((node) => `${node.target} ${node.failureSummary}`).join('; ')}`,
    );
  }, TAGS);
  assert.deepEqual(violations, []);
  if (pictures)
    await page.screenshot({
      path: `${pictures}/portal-${name}-${width}-${theme}-${language}.png`,
      fullPage: true,
    });
}

/** `bring`: from a fresh page to the state that is looked at. */
const states = {
  home: (page, at) => page.goto(`${URL_BASE}${at || '/'}`),
  lapor: (page, at) => page.goto(`${URL_BASE}${at}/lapor`),
  uang: (page, at) => page.goto(`${URL_BASE}${at}/lapor/uang`),
  imbauan: (page, at) => page.goto(`${URL_BASE}${at}/imbauan`),
  advisory: (page, at) => page.goto(`${URL_BASE}${at}/imbauan/IMB-2026-002`),
  rfc2350: (page, at) => page.goto(`${URL_BASE}${at}/rfc2350`),
  privasi: (page, at) => page.goto(`${URL_BASE}${at}/privasi`),
  lacak: (page, at) => page.goto(`${URL_BASE}${at}/lacak`),
  lost: (page, at) => page.goto(`${URL_BASE}${at}/tidak-ada`),
  'lapor-error': async (page, at) => {
    await page.goto(`${URL_BASE}${at}/lapor`);
    await page.locator('main form button').click();
  },
  'lacak-error': async (page, at) => {
    await page.goto(`${URL_BASE}${at}/lacak`);
    await page.locator('#nomor').fill('LPR-0000-0000');
    await page.locator('#kode').fill(String(Math.floor(Math.random() * 1e16)).padStart(16, '1'));
    await page.locator('main form button').click();
  },
  'di-mana': async (page, at) => {
    await page.goto(`${URL_BASE}${at}/lapor`);
    await page.locator('input[value=impersonation]').check();
    await page.locator('main form button').click();
  },
  'cerita-error': async (page, at) => {
    await states['di-mana'](page, at);
    await page.locator('main form button').click();
    await page.locator('#story').fill('pendek');
    await page.locator('main form button').click();
  },
  bukti: async (page, at) => {
    await states['cerita-error'](page, at);
    await page.locator('#story').fill('Ada pesan palsu yang memakai nama kota.');
    await page.locator('main form button').click();
    await page.locator('#berkas').setInputFiles({
      name: 'tangkapan layar yang panjang sekali namanya.png',
      mimeType: 'image/png',
      buffer: Buffer.from('x'.repeat(1400000)),
    });
    await page.locator('button[name=unggah]').click();
  },
  identitas: async (page, at) => {
    await states.bukti(page, at);
    await page.locator('button[name=lanjut]').click();
  },
  kontak: async (page, at) => {
    await states.identitas(page, at);
    await page.locator('input[value=confidential]').check();
    await page.locator('main form button').click();
  },
  periksa: async (page, at) => {
    await states.kontak(page, at);
    await page.locator('#name').fill('Sari');
    await page.locator('main form button').click();
  },
  sent: async (page, at) => {
    await states.periksa(page, at);
    await page.waitForTimeout(PERSON_MS);
    await page.locator('main form button').click();
  },
  laporan: async (page, at, language) => {
    await page.goto(`${URL_BASE}${at}/lacak`);
    await page.locator('#nomor').fill(reports[language].number);
    await page.locator('#kode').fill(reports[language].code);
    await page.locator('main form button').click();
  },
};

for (const [name, bring] of Object.entries(states)) {
  if (process.env.ONLY && !new RegExp(process.env.ONLY).test(name)) continue;
  for (const language of ['id', 'en']) {
    const { context, page } = await open({ viewport: { width: 320, height: 800 } });
    await test(`${name} ${language}: axe, width, sizes in both themes`, async () => {
      let bytes = 0;
      page.on('response', async (response) => {
        const body = await response.body().catch(() => Buffer.alloc(0));
        if (response.request().resourceType() === 'document') bytes = 0;
        bytes += body.length;
      });
      await bring(page, WORDS[language].at, language);
      await page.waitForLoadState('networkidle');
      assert.ok(bytes <= PAGE_BYTES_MAX, `${name} takes ${bytes} bytes`);
      for (const [theme, width] of [
        ['light', 320],
        ['dark', 320],
        ['dark', 1280],
        ['light', 1280],
      ]) {
        await page.setViewportSize({ width, height: 800 });
        await page.emulateMedia({ colorScheme: theme });
        await inspect(page, name, language, theme, width);
      }
    });
    await context.close();
  }
}

await browser.close();
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed > 0 ? 1 : 0);

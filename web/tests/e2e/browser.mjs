// One Chromium for all end-to-end tests, with everything that must never happen turned into a
// failure: policy violations, console errors, uncaught exceptions, requests to elsewhere.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** No test waits for a time; this only ends one whose state never comes. */
const PATIENCE_MS = 30_000;
const POLICY_VIOLATION = 'policy violation:';

export async function openBrowser(base) {
  const profile = mkdtempSync(join(tmpdir(), 'tanggap-e2e-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: FLAGS,
    timezoneId: 'Asia/Jakarta',
    locale: 'id-ID',
    // A colour on its way from one theme to the other has no contrast worth measuring.
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
    viewport: { width: 1440, height: 900 },
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const faults = [];
  await context.addInitScript((mark) => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`${mark} ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  }, POLICY_VIOLATION);
  const page = context.pages()[0] ?? (await context.newPage());
  page.on('console', (message) => {
    // The browser itself logs refused requests; the pages answer those in words.
    if (message.type() === 'error' && !/^Failed to load resource/.test(message.text())) {
      faults.push(`console: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => faults.push(`uncaught: ${error.stack ?? error}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith('data:')) {
      faults.push(`request to elsewhere: ${request.url()}`);
    }
  });
  page.on('response', (response) => {
    // 503 is what a server without its event engine says.
    if (response.status() >= 500 && response.status() !== 503) {
      faults.push(`${response.status()} from ${response.url()}`);
    }
  });
  const traffic = watchTraffic(page);
  const close = async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  };
  return { page, context, faults, close, settled: () => settled(page, traffic) };
}

/** The requests on their way; `idle()` resolves when there is none, or when patience ends. */
function watchTraffic(page) {
  const underway = new Set();
  let wake = () => {};
  const over = (request) => {
    underway.delete(request);
    if (underway.size === 0) wake();
  };
  // The live stream never ends: a page that only listens is at rest.
  const ends = (request) => !request.url().includes('/api/v1/stream');
  page.on('request', (request) => ends(request) && underway.add(request));
  page.on('requestfinished', over);
  page.on('requestfailed', over);
  const idle = async () => {
    if (underway.size === 0) return;
    let timer;
    await new Promise((resolve) => {
      wake = resolve;
      timer = setTimeout(resolve, PATIENCE_MS);
    });
    clearTimeout(timer);
  };
  return { busy: () => underway.size > 0, idle };
}

/** Two frames, by when an answer that leads to a next request has sent it; then: is it drawn? */
async function isDrawn(page) {
  try {
    return await page.evaluate(async () => {
      await document.fonts.ready;
      for (let frame = 0; frame < 2; frame += 1) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      return document.querySelector('h1') !== null && !document.querySelector('.skeleton');
    });
  } catch (error) {
    if (/navigation|context was destroyed/i.test(String(error))) return false;
    throw error;
  }
}

/** Until the page shows its data: it is drawn, asks for nothing more, and holds no skeleton. */
async function settled(page, traffic) {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    await traffic.idle();
    if ((await isDrawn(page)) && !traffic.busy()) return;
  }
  throw new Error(`${page.url()} did not settle within ${PATIENCE_MS / 1000} s`);
}

/** The theme and language of the page as it stands: it follows what another tab chose. */
export async function choose(page, { theme, locale }) {
  await page.evaluate(
    ({ theme, locale }) => {
      for (const [key, newValue] of [
        ['tanggap.theme', theme],
        ['tanggap.lang', locale],
      ]) {
        localStorage.setItem(key, newValue);
        window.dispatchEvent(new StorageEvent('storage', { key, newValue }));
      }
    },
    { theme, locale },
  );
  await page.waitForFunction(
    ({ theme, locale }) =>
      document.documentElement.lang === locale && document.documentElement.dataset.theme === theme,
    { theme, locale },
  );
}

/** Presses Tab until the focus is on what `selector` names: the way a keyboard gets there. */
export async function tabTo(page, selector, back = false) {
  const STOPS_MAX = 200;
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
    if (await page.evaluate((s) => document.activeElement?.matches(s) ?? false, selector)) return;
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
  }
  throw new Error(`Tab does not reach ${selector}`);
}

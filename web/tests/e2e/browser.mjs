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

export async function openBrowser(base) {
  const profile = mkdtempSync(join(tmpdir(), 'tanggap-e2e-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: FLAGS,
    timezoneId: 'Asia/Jakarta',
    locale: 'id-ID',
    ignoreHTTPSErrors: true,
    permissions: ['clipboard-read', 'clipboard-write'],
    viewport: { width: 1440, height: 900 },
  });
  const faults = [];
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(
        `policy violation: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`,
      );
    });
  });
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
  const close = async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  };
  return { page, context, faults, close };
}

/** Waits until the page has its data: no request for 250 ms and no skeleton. */
export async function settled(page) {
  await page.waitForLoadState('networkidle');
  await page
    .locator('.skeleton')
    .waitFor({ state: 'detached', timeout: 10_000 })
    .catch(() => {});
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}

export async function setPreferences(page, { theme, locale }) {
  await page.evaluate(
    ({ theme, locale }) => {
      localStorage.setItem('tanggap.theme', theme);
      localStorage.setItem('tanggap.lang', locale);
    },
    { theme, locale },
  );
}

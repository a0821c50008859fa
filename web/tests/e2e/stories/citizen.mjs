// Citizens: each with a phone's browser of their own, in which nothing runs but HTML.
import { chromium } from 'playwright-core';
import { keepLooks } from './pictures.mjs';

/** The form refuses who is quicker than a person: one presses again until it takes the report. */
const PRESSES_MAX = 200;

export async function openCitizens(base) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });

  /** One person's browser; it keeps its cookies until it is closed. */
  async function person(language) {
    const at = language === 'id' ? '' : '/en';
    const context = await browser.newContext({
      javaScriptEnabled: false,
      locale: language === 'id' ? 'id-ID' : 'en-GB',
      timezoneId: 'Asia/Jakarta',
      viewport: { width: 320, height: 800 },
    });
    const page = await context.newPage();
    const go = (path) => page.goto(`${base}${at}${path}`);
    const submit = (button = page.locator('main form button').last()) =>
      Promise.all([page.waitForNavigation(), button.click()]);
    const shot = (name) => keepLooks(page, `citizen-${name}-${language}`, { portal: true });

    /** The whole way of a report; gives number and code. */
    async function report({ what, where, story, files = [], identity, contact }) {
      await go('/lapor');
      await page.locator(`input[name=what][value=${what}]`).check();
      await submit();
      await page.locator('#where').fill(where);
      await submit();
      await page.locator('#story').fill(story);
      await submit();
      for (const file of files) {
        await page.locator('#berkas').setInputFiles(file);
        await submit(page.locator('button[name=unggah]'));
      }
      await shot('files');
      await submit(page.locator('button[name=lanjut]'));
      await page.locator(`input[name=identity][value=${identity}]`).check();
      await submit();
      if (contact) {
        await page.locator('#name').fill(contact.name);
        await page.locator('#email').fill(contact.email);
        await submit();
      }
      await shot('check');
      const sent = page.locator('strong.number');
      for (let press = 0; press < PRESSES_MAX && (await sent.count()) === 0; press += 1)
        await submit();
      const [number, code] = await sent.allInnerTexts();
      await shot('sent');
      return { number, code };
    }

    /** Opens a report at /lacak. */
    async function follow({ number, code }) {
      await go('/lacak');
      await page.locator('#nomor').fill(number);
      await page.locator('#kode').fill(code);
      await submit();
    }

    async function say(text, file) {
      await page.locator('#pesan').fill(text);
      await submit(page.locator('form:has(#pesan) button'));
      if (!file) return;
      await page.locator('#berkas').setInputFiles(file);
      await submit(page.locator('form:has(#berkas) button'));
    }
    /** Whether we helped, which is asked at the end. */
    async function help(answer) {
      await page.locator(`input[name=membantu][value=${answer}]`).check();
      await submit(page.locator('form:has([name=membantu]) button'));
      await page.locator('.saved').waitFor();
    }
    const talk = () => page.locator('.talk li').allInnerTexts();
    /** Where the report stands, in the words of the page. */
    const stands = () => page.locator('.progress [aria-current=step]').innerText();
    return {
      page,
      go,
      submit,
      shot,
      report,
      follow,
      say,
      help,
      talk,
      stands,
      close: () => context.close(),
    };
  }
  return { person, close: () => browser.close() };
}

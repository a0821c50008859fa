// Runs the end-to-end suites against the mock, or against TANGGAP_URL.
//
//   node tests/e2e/run.mjs [pages] [keyboard] [story]     without names: all
//   SCREENSHOTS=folder                                    keeps a picture of every page
import { mkdirSync } from 'node:fs';
import { openBrowser } from './browser.mjs';
import { openTarget } from './target.mjs';
import * as keyboard from './keyboard.mjs';
import * as pages from './pages.mjs';
import * as story from './story.mjs';

const suites = { pages, keyboard, story };
const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (!suites[name]) {
    console.error(`e2e: no suite ${name}; there are: ${Object.keys(suites).join(', ')}`);
    process.exit(2);
  }
}
if (process.env.SCREENSHOTS) mkdirSync(process.env.SCREENSHOTS, { recursive: true });

let passed = 0;
let failed = 0;
let skipped = 0;
for (const [name, suite] of Object.entries(suites)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const target = await openTarget();
  const browser = await openBrowser(target.url);
  const test = async (title, run) => {
    browser.faults.length = 0;
    try {
      await run();
      if (browser.faults.length > 0) throw new Error(browser.faults.join('\n'));
      passed += 1;
      console.log(`ok    ${name}: ${title}`);
    } catch (error) {
      failed += 1;
      console.error(`FAIL  ${name}: ${title}\n${error.stack ?? error}`);
      if (process.env.SCREENSHOTS) {
        const file = `${process.env.SCREENSHOTS}/failed-${failed}.png`;
        await browser.page.screenshot({ path: file }).catch(() => {});
      }
    }
  };
  const skip = (title, reason) => {
    skipped += 1;
    console.log(`skip  ${name}: ${title}: ${reason}`);
  };
  try {
    await suite.run({ ...browser, target, test, skip });
  } finally {
    await browser.close();
    await target.stop();
  }
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 ? 1 : 0);

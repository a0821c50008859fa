// Runs end-to-end suites in real Chromium against a running server (target.mjs says which).
//
//   node tests/e2e/run.mjs SUITE…        first, story, triage, keyboard, pages, people, admin, office, cases, reports, figures, wall, hostile, degraded;
//                                      phishing, login-flood, gambling (STORY_LANGUAGE=id or en)
//   SCREENSHOTS=folder                   keeps a picture of every page in every look
//   ONLY=regex                           only the pages whose name it matches
//
// tests/console/console_test.py starts the server, sends the logs and runs them all; each story has a
// server of its own (tests/console/*_story_test.py).
import { mkdirSync } from 'node:fs';
import { openBrowser } from './browser.mjs';
import { openTarget } from './target.mjs';
import * as admin from './admin.mjs';
import * as cases from './cases.mjs';
import * as degraded from './degraded.mjs';
import * as figures from './figures.mjs';
import * as first from './first.mjs';
import * as hostile from './hostile.mjs';
import * as keyboard from './keyboard.mjs';
import * as office from './office.mjs';
import * as pages from './pages.mjs';
import * as people from './people.mjs';
import * as reports from './reports.mjs';
import * as story from './story.mjs';
import * as gambling from './stories/gambling.mjs';
import * as loginFlood from './stories/login_flood.mjs';
import * as phishing from './stories/phishing.mjs';
import * as triage from './triage.mjs';
import * as wall from './wall.mjs';

const suites = {
  first,
  story,
  triage,
  keyboard,
  pages,
  people,
  admin,
  office,
  cases,
  reports,
  figures,
  wall,
  hostile,
  degraded,
  phishing,
  'login-flood': loginFlood,
  gambling,
};
const wanted = process.argv.slice(2);
if (wanted.length === 0 || wanted.some((name) => !suites[name])) {
  console.error(`e2e: name suites of: ${Object.keys(suites).join(', ')}`);
  process.exit(2);
}
if (process.env.SCREENSHOTS) mkdirSync(process.env.SCREENSHOTS, { recursive: true });

let passed = 0;
let failed = 0;
const target = openTarget();
const browser = await openBrowser(target.url);
for (const name of wanted) {
  const started = Date.now();
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
  await suites[name].run({ ...browser, target, test });
  console.log(`      ${name}: ${((Date.now() - started) / 1000).toFixed(0)} s`);
}
await browser.close();
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed > 0 ? 1 : 0);

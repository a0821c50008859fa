// One page in all its looks: light and dark × both languages × phone and desk. axe finds nothing,
// nothing scrolls sideways, there is one title.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { choose } from './browser.mjs';

export const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const PHONE = 320;
const DESK = 1440;
const PICTURE_MAX = 2000;
/** theme, language, width: everything for the pages, the two ends for their rarer states. */
export const ALL = [PHONE, DESK].flatMap((width) =>
  ['id', 'en'].flatMap((locale) => ['light', 'dark'].map((theme) => [theme, locale, width])),
);
export const ENDS = [
  ['light', 'id', PHONE],
  ['dark', 'en', DESK],
];

async function inspect(page) {
  const sideways = await page.evaluate(() => {
    const root = document.documentElement;
    const right = (element) => element.getBoundingClientRect().right;
    const widest = [...document.querySelectorAll('main *')].reduce(
      (a, b) => (right(b) > right(a) ? b : a),
      root,
    );
    return { pixels: root.scrollWidth - root.clientWidth, widest: widest.outerHTML.slice(0, 200) };
  });
  assert.equal(
    sideways.pixels,
    0,
    `the page is ${sideways.pixels} px wider than the window: ${sideways.widest}`,
  );
  assert.equal(await page.locator('h1').count(), 1, 'a page has one h1');
  const violations = await page.evaluate(async (tags) => {
    const result = await window.axe.run(document, {
      runOnly: { type: 'tag', values: tags },
      resultTypes: ['violations'],
    });
    return result.violations.map(
      (each) =>
        `${each.id}: ${each.help}\n  ${each.nodes.map((node) => `${node.target} ${node.failureSummary}`).join('\n  ')}`,
    );
  }, TAGS);
  assert.equal(violations.length, 0, violations.join('\n'));
}

/** From the top, as far as a picture stays legible. */
async function keepPicture(page, name) {
  const height = await page.evaluate(() => {
    window.scrollTo(0, 0);
    return document.documentElement.scrollHeight;
  });
  await page.screenshot({
    path: `${process.env.SCREENSHOTS}/${name}.png`,
    fullPage: true,
    clip: { x: 0, y: 0, width: page.viewportSize().width, height: Math.min(height, PICTURE_MAX) },
  });
}

/** Inspects what is on the screen in each of `looks`; `ready` is waited for after each change. */
export async function inspectLooks({ page, test }, name, looks, ready) {
  for (const [theme, locale, width] of looks) {
    await test(`${name} ${theme} ${locale} ${width}`, async () => {
      await page.setViewportSize({ width, height: 900 });
      await choose(page, { theme, locale });
      await ready();
      if (process.env.SCREENSHOTS) await keepPicture(page, `${name}-${width}-${theme}-${locale}`);
      await inspect(page);
    });
  }
}

/** Opens a page, brings it into the state that `prepare` makes, and inspects its looks. */
export async function sweep(world, name, path, { prepare, looks = ALL, ready } = {}) {
  const { page, target, settled, test } = world;
  if (process.env.ONLY && !new RegExp(process.env.ONLY).test(name)) return;
  let opened = false;
  await test(`${name} opens`, async () => {
    await page.setViewportSize({ width: DESK, height: 900 });
    await page.goto(target.url + path);
    await (ready ?? settled)();
    await prepare?.();
    opened = true;
  });
  if (opened) await inspectLooks(world, name, looks, ready ?? settled);
}

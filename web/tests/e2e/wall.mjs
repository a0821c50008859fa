// The page for a screen on the wall.
import assert from 'node:assert/strict';
import { ALL, AXE, sweep } from './looks.mjs';
import { enter } from './target.mjs';

/** The wall keeps its own theme, whatever the console has. */
const DARK = ALL.filter(([theme]) => theme === 'dark');
const LIGHT = ALL.filter(([theme]) => theme === 'light');

export async function run(world) {
  const { page, context, target, test } = world;
  await context.addInitScript({ path: AXE });
  await enter(world);

  const ready = () => page.locator('.tiles li').first().waitFor();
  await sweep(world, 'wall', '/app/wall', { looks: DARK, ready });
  await sweep(world, 'wall-light', '/app/wall?theme=light', { looks: LIGHT, ready });
  await test('the wallboard shows counts and names of rules, and no address', async () => {
    await page.goto(`${target.url}/app/wall`);
    await page.locator('ol li').first().waitFor();
    const text = await page.locator('main').innerText();
    assert.doesNotMatch(text, /\d+\.\d+\.\d+\.\d+/);
    const big = await page
      .locator('.tiles strong')
      .first()
      .evaluate((node) => parseFloat(getComputedStyle(node).fontSize));
    assert.ok(big >= 60, `figures are ${big} px`);
    const [unassigned, shown] = await page.evaluate(async () => {
      const q = encodeURIComponent('kind:alert is:open is:unassigned');
      const answer = await fetch(`/api/v1/triage?q=${q}&limit=1&total=exact`);
      const tile = document.querySelectorAll('.tiles:nth-of-type(2) strong')[1];
      return [(await answer.json()).total.value, Number(tile.textContent.replace(/\D/g, ''))];
    });
    assert.ok(unassigned > 1000, `${unassigned} alerts without an owner prove nothing`);
    assert.equal(shown, unassigned, 'counts are whole, however many there are');
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await page.waitForURL(/\/app\/dashboard$/);
  });
}

// The same data on a server whose event engine is missing: alerts still work, search says why not.
import assert from 'node:assert/strict';
import { AXE, ENDS, sweep } from './looks.mjs';
import { enter } from './target.mjs';

export async function run(world) {
  const { page, context, test } = world;
  await context.addInitScript({ path: AXE });
  await test('the session outlives a restart', () => enter(world));
  await sweep(world, 'dashboard-no-engine', '/app/dashboard', { looks: ENDS });
  await test('the dashboard says what is missing', async () => {
    const banner = page.getByRole('status').filter({ hasText: 'libchdb' });
    assert.equal(await banner.count(), 1);
  });
  await sweep(world, 'alerts-no-engine', '/app/alerts?q=', { looks: ENDS });
  await sweep(world, 'events-no-engine', '/app/events', { looks: ENDS });
  await test('the search says what is missing', async () => {
    await page.getByText('libchdb').first().waitFor();
  });
}

// Every page with data in it, in every look, and the states a page can be in.
import assert from 'node:assert/strict';
import { AXE, ENDS, sweep } from './looks.mjs';
import { enter } from './target.mjs';

async function firstAlert(page) {
  return page.evaluate(async () => {
    const answer = await fetch('/api/v1/alerts?sort=-priority&limit=1');
    return (await answer.json()).items[0].number;
  });
}

/** The evidence is attacker-written: the page must not run it, whatever it holds. */
async function policyHolds({ page, faults }) {
  const answer = await page.reload();
  const policy = answer.headers()['content-security-policy'] ?? '';
  assert.match(policy, /require-trusted-types-for 'script'/);
  assert.match(policy, /script-src 'self';/);
  const seen = page.waitForEvent('console', (message) =>
    message.text().startsWith('policy violation: require-trusted-types-for'),
  );
  const refusals = await page.evaluate(() => {
    const tries = {
      markup: () => (document.createElement('p').innerHTML = '<b>x</b>'),
      script: () => (document.createElement('script').text = 'alert(1)'),
    };
    return Object.entries(tries).map(([name, attempt]) => {
      try {
        attempt();
        return `${name} was allowed`;
      } catch (error) {
        return `${name}: ${error.name}`;
      }
    });
  });
  assert.deepEqual(refusals, ['markup: TypeError', 'script: TypeError']);
  // The watch itself works: the violations were seen. They were ours, so they are taken back.
  await seen;
  faults.length = 0;
}

/** The import says every wrong row, then replaces the table, and the page shows it. */
async function assets(world) {
  const { page } = world;
  await sweep(world, 'assets-none', '/app/admin/assets', { looks: ENDS });
  await sweep(world, 'assets-wrong', '/app/admin/assets', {
    looks: ENDS,
    prepare: async () => {
      await page.locator('main header button').first().click();
      await page.getByRole('dialog').locator('textarea').fill('x,kantor,,,2\n192.0.2.0/24,a,,,9\n');
      await page.getByRole('dialog').locator('button.primary').click();
      await page.getByRole('dialog').locator('.wrong li').nth(1).waitFor();
    },
  });
  await world.test('assets: a CSV is checked, then replaces the table', async () => {
    await page.goto(`${world.target.url}/app/admin/assets`);
    await page.locator('main header button').first().click();
    const dialog = page.getByRole('dialog');
    await dialog
      .locator('textarea')
      .fill('192.0.2.0/24,kantor,Dinas Kominfo,,3\n2001:db8::/32,v6,Dinas Kesehatan,,1\n');
    await dialog.locator('button.primary').click();
    await dialog.locator('.good').waitFor();
    await dialog.locator('button.primary').click();
    await page.locator('tbody tr').nth(1).waitFor();
    assert.match(await page.locator('tbody').innerText(), /Dinas Kominfo/);
  });
  await sweep(world, 'assets', '/app/admin/assets');
}

/** The queue with what it opens: peek, bulk bar, each question. */
async function sweepTriage(world) {
  const { page } = world;
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const open = (name, keys, then) =>
    sweep(world, `triage-${name}`, '/app/triage?view=all', {
      looks: ENDS,
      prepare: async () => {
        await press('j', ...keys);
        await then();
      },
    });
  const dialog = () => page.getByRole('dialog').locator('button, input').first().waitFor();
  await sweep(world, 'triage-peek', '/app/triage?view=all', {
    prepare: async () => {
      await press('j', 'Space');
      await page.locator('aside').waitFor();
    },
  });
  await sweep(world, 'triage-groups', '/app/triage?view=all&group=rule', {
    prepare: async () => {
      await press('j', 'Enter');
      await page.locator('[data-id]').first().waitFor();
    },
  });
  await open('chosen', ['x', 'J', 'J'], () => page.locator('.bulk').waitFor());
  await open('close', ['3'], dialog);
  await open('snooze', ['h'], dialog);
  await open('merge', ['2'], dialog);
  await open('assign', ['a'], dialog);
  await open('labels', ['l'], dialog);
  await open('priority', ['s'], dialog);
}

export async function run(world) {
  const { page, context, test, settled } = world;
  await context.addInitScript({ path: AXE });
  await enter(world);
  const number = await firstAlert(page);
  const row = page.locator('[data-row]').first();

  await sweep(world, 'dashboard', '/app/dashboard');
  await sweep(world, 'triage', '/app/triage?view=all');
  await sweepTriage(world);
  await sweep(world, 'alert', `/app/alerts/${number}`, { prepare: () => row.click() });
  await sweep(world, 'events', '/app/events?from=all', { prepare: () => row.click() });
  await sweep(world, 'quarantine', '/app/quarantine');
  await sweep(world, 'sensors', '/app/sensors');
  await sweep(world, 'rules', '/app/rules');
  await assets(world);

  await sweep(world, 'events-hostile', '/app/events?from=all&q=sensor%3Ahostile', {
    looks: ENDS,
    prepare: async () => {
      await row.click();
      await page.getByRole('button', { name: /catatan asli|original record/i }).click();
    },
  });
  await sweep(world, 'events-none', '/app/events?q=zzzznothing', { looks: ENDS });
  await sweep(world, 'events-range', '/app/events?from=now-3h&to=now', {
    looks: ENDS,
    prepare: () => page.locator('nav button[aria-expanded]').click(),
  });
  await sweep(world, 'triage-none', '/app/triage?q=source%3A192.0.2.250', { looks: ENDS });
  await sweep(world, 'triage-fault', '/app/triage?q=nosuchfield%3Ax', { looks: ENDS });
  await sweep(world, 'alert-missing', '/app/alerts/ALR-99999999', { looks: ENDS });
  await sweep(world, 'rule', '/app/rules', {
    looks: ENDS,
    prepare: async () => {
      await page.locator('a.opener').first().click();
      await page.locator('.about').waitFor();
    },
  });
  await sweep(world, 'keys', '/app/triage', {
    looks: ENDS,
    prepare: async () => {
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
    },
  });
  await sweep(world, 'lost', '/app/no/such/page', { looks: ENDS });
  await sweepWaiting(world, number);
  await test('Trusted Types and the policy are on, and a violation is seen', async () => {
    await page.unrouteAll();
    await settled();
    await policyHolds(world);
  });
}

/** What is shown before the answer comes, and when none comes. */
async function sweepWaiting(world, number) {
  const { page } = world;
  const data = /\/api\/v1\/(overview|triage|alerts|events|quarantine|sensors|rules)/;
  const paths = [
    'dashboard',
    'triage',
    `alerts/${number}`,
    'events',
    'quarantine',
    'sensors',
    'rules',
  ];
  const held = [];
  await page.route(data, (route) => void held.push(route));
  for (const path of paths) {
    await sweep(world, `${path.replace(/\/.*/, '-one')}-loading`, `/app/${path}`, {
      looks: ENDS,
      ready: () => page.locator('.skeleton').first().waitFor(),
    });
    await Promise.all(held.splice(0).map((route) => route.abort().catch(() => {})));
  }
  await page.unroute(data);
  await page.route(data, (route) => route.abort());
  for (const path of paths) {
    await sweep(world, `${path.replace(/\/.*/, '-one')}-offline`, `/app/${path}`, {
      looks: ENDS,
      ready: () => page.getByRole('alert').filter({ hasText: /\S/ }).first().waitFor(),
    });
  }
  await page.unroute(data);
}

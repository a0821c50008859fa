// The queue, by keyboard alone: twenty alerts decided, a list that stays where it is while a
// hundred new ones come in, the screen restored from its URL, rows in groups, ten thousand closed and
// taken back.
import assert from 'node:assert/strict';
import { enter } from './target.mjs';

const TRIAGED = 20;
const NEWS = 100;
const MANY = 10_000;
/** Whole numbers as both languages write them: 9.998 and 9,998. */
const figure = (n) => new RegExp(String(n).replace(/\B(?=(\d{3})+$)/g, '[.,]'));

export async function run(world) {
  const { page, target, test, settled } = world;
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const open = async (path) => {
    await page.goto(target.url + path);
    await settled();
  };
  const ask = (path, body) =>
    page.evaluate(
      async ([path, body]) => {
        const answer = await fetch(`/api/v1${path}`, {
          method: body ? 'POST' : 'GET',
          headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'tanggap' },
          body: body ? JSON.stringify(body) : undefined,
        });
        return answer.json();
      },
      [path, body],
    );
  const total = async (q) => (await ask(`/triage?limit=1&q=${encodeURIComponent(q)}`)).total.value;
  /** Waits until as many match: what a notice said may have been said of the decision before. */
  const becomes = (q, n) =>
    page.waitForFunction(
      async ([q, n]) => {
        const answer = await fetch(`/api/v1/triage?limit=1&q=${encodeURIComponent(q)}`);
        return (await answer.json()).total.value === n;
      },
      [q, n],
    );
  const rows = () =>
    page.evaluate(() => [...document.querySelectorAll('tr[data-id]')].map((row) => row.dataset.id));
  const focused = () =>
    page.evaluate(() => document.activeElement?.closest('[data-id]')?.dataset.id ?? '');
  const said = (text) => page.locator('.box.shown').filter({ hasText: text }).waitFor();

  const addressOf = (n) => `198.18.${n >> 8}.${n & 255}`;
  /** As access logs write it: 20/Nov/2026:11:00:00 +0000. */
  const logTime = (at) => {
    const [, day, month, year, clock] = at.toUTCString().split(' ');
    return `${day}/${month}/${year}:${clock} +0000`;
  };

  /** Attacks from as many addresses: each is an alert of its own. */
  async function attack(first, count, at = '20/Nov/2026:11:00:00 +0700') {
    const lines = [];
    for (let n = first; n < first + count; n += 1) {
      lines.push(
        `${addressOf(n)} - - [${at}] "GET /?s=1%27%20UNION%20SELECT%20username,password%20FROM%20users-- HTTP/1.1" 404 17 "-" "Mozilla/5.0"`,
      );
    }
    const answer = await fetch(`${target.url}/api/v1/ingest/hostile`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${target.account.api_key}`, 'Content-Type': 'text/plain' },
      body: lines.join('\n') + '\n',
    });
    assert.equal(answer.status, 202, await answer.text());
  }

  await page.setViewportSize({ width: 1440, height: 900 });
  await enter(world);

  await test(`${TRIAGED} alerts are decided by keyboard alone`, async () => {
    await attack(0, TRIAGED + 4);
    const q = 'kind:alert is:open -is:snoozed (assignee:@me OR is:unassigned)';
    await open(`/app/triage?q=${encodeURIComponent(q)}`);
    await page.waitForFunction(
      (n) => document.querySelectorAll('tr[data-id]').length >= n,
      TRIAGED,
    );
    const before = await total('is:new');
    const decisions = [['e'], ['3', '1'], ['3', '2'], ['h', '1'], ['z']];
    await press('j');
    const decided = new Set();
    const began = Date.now();
    while (decided.size < TRIAGED) {
      const id = await focused();
      assert.ok(id && !decided.has(id), 'the focus is on a row that is still to be decided');
      const keys = decisions[decided.size % decisions.length];
      await press(keys[0]);
      if (keys.length > 1) {
        await page.getByRole('dialog').locator('.choices').waitFor();
        await press(keys[1]);
      }
      await page.waitForFunction(async (id) => {
        const answer = await fetch(
          `/api/v1/triage?limit=1&q=${encodeURIComponent(`id:${id} -is:new`)}`,
        );
        return (await answer.json()).items.length === 1;
      }, id);
      // What leaves the view gives its place to the next; what stays is stepped over.
      if (keys[0] === 'e') await press('j');
      await page.waitForFunction((id) => {
        const here = document.activeElement?.closest('[data-id]')?.dataset.id;
        return here && here !== id;
      }, id);
      decided.add(id);
      await press('Escape');
    }
    assert.equal(await total('is:new'), before - TRIAGED);
    // Told, not tested: how long it takes is the machine's affair.
    console.log(`      ${TRIAGED} alerts decided in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  });

  await test('u takes the last decision back', async () => {
    const closed = await total('is:closed');
    await press('j', '3');
    await page.getByRole('dialog').locator('.choices').waitFor();
    await press('1');
    await said(/1 (berubah|changed)/);
    await becomes('is:closed', closed + 1);
    await press('u');
    await said(/1 (dikembalikan|set back)/);
    await becomes('is:closed', closed);
  });

  await test('1 puts a row into a new case, the next into the same, and u takes it out', async () => {
    const before = await total('status:in_case');
    await open('/app/triage?q=is%3Anew%20kind%3Aalert');
    await press('j');
    await page.waitForFunction(() => document.activeElement?.closest('[data-id]'));
    const id = await focused();
    await press('1');
    await page.getByRole('dialog').locator('.choices').waitFor();
    await press('1');
    await said(/1 (berubah|changed) → KAS-\d{4}-\d+/);
    const [number] = /KAS-\d{4}-\d+/.exec(await page.locator('.box.shown').innerText());
    await becomes('status:in_case', before + 1);
    await page.waitForFunction((id) => !document.querySelector(`[data-id="${id}"]`), id);
    await press('j', 'Shift+Digit1');
    await becomes(`case:${number}`, 2);
    await press('u');
    await becomes(`case:${number}`, 1);

    const alert = (await ask(`/triage?q=${encodeURIComponent(`id:${id}`)}`)).items[0];
    await open(`/app/alerts/${alert.number}`);
    await page.getByRole('link', { name: number }).click();
    await page.waitForURL(new RegExp(`/app/cases/${number}`));
    await open(`/app/cases/${number}/alerts`);
    await page.locator('main li').filter({ hasText: alert.number }).waitFor();
  });

  await test(`the list stays where it is while ${NEWS} alerts come in`, async () => {
    await open('/app/triage?view=all');
    const before = await rows();
    await page.evaluate(() => {
      window.moved = 0;
      new MutationObserver((changes) => {
        window.moved += changes.filter(
          (c) => c.addedNodes.length + c.removedNodes.length > 0,
        ).length;
      }).observe(document.querySelector('tbody'), { childList: true });
    });
    for (let part = 0; part < 10; part += 1) await attack(1000 + part * 10, NEWS / 10);
    await page
      .locator('.pill')
      .filter({ hasText: figure(NEWS) })
      .waitFor();
    assert.deepEqual(await rows(), before, 'no row moved, none was added');
    assert.equal(await page.evaluate(() => window.moved), 0, 'no row was taken out and put back');
    await press('r');
    await page.locator('.pill').waitFor({ state: 'detached' });
    await settled();
  });

  await test('. pauses the news, and tells them when it is over', async () => {
    await open('/app/triage?view=all');
    await page.locator('tr[data-id]').first().waitFor();
    await press('.');
    await page.getByRole('button', { name: /^(Dijeda|Paused)$/ }).waitFor();
    await attack(2000, 3);
    const seen = await total('');
    await page.waitForFunction(async (seen) => {
      const answer = await fetch('/api/v1/triage?limit=1');
      return (await answer.json()).total.value >= seen;
    }, seen);
    assert.equal(await page.locator('.pill').count(), 0);
    await press('.');
    await page.locator('.pill').waitFor();
  });

  await test('the screen is restored from its URL', async () => {
    await open('/app/triage?view=all&sort=-last_seen');
    await press('j', 'j', 'Space');
    await page.locator('aside h2').waitFor();
    await settled();
    assert.match(page.url(), /panel=ALR-\d+/);
    const screen = async () => [
      page.url(),
      await page.locator('tbody').innerText(),
      await page.locator('aside h2').innerText(),
      await page.locator('nav a[aria-current=true]').innerText(),
      await page.locator('select').first().inputValue(),
    ];
    const before = await screen();
    await page.reload();
    await settled();
    assert.deepEqual(await screen(), before);
  });

  await test('groups are closed, and count what their lists have', async () => {
    for (const by of ['rule', 'source', 'organisation']) {
      await open(`/app/triage?view=all&group=${by}`);
      const groups = (await ask(`/triage?group=${by}&limit=50`)).items;
      const heads = await page.locator('[data-group] .rows').allInnerTexts();
      assert.deepEqual(
        heads.map((text) => Number(text.replace(/\D/g, ''))),
        groups.map((group) => group.rows),
        by,
      );
      assert.equal(await page.locator('tr[data-id]').count(), 0, 'no row is shown');
      for (const group of groups.slice(0, 8)) {
        const q = encodeURIComponent(group.q);
        const list = await ask(`/triage?limit=1&total=exact&q=${q}`);
        assert.deepEqual(list.total, { value: group.rows, relation: 'eq' }, group.q);
      }
    }
  });

  await test('a group is opened, worked in and closed by keyboard, and restored from its URL', async () => {
    const onHead = () => page.evaluate(() => document.activeElement?.matches('[data-group]'));
    await open('/app/triage?view=all');
    await page.getByLabel(/^(Kelompok|Group)$/).selectOption('source');
    await page.waitForURL(/group=source/);
    await settled();
    await press('j');
    assert.ok(await onHead(), 'j goes to the first group');
    const heads = await page.locator('[data-group]').count();
    await press('Enter');
    await page.locator('tr[data-id]').first().waitFor();
    await settled();
    assert.match(page.url(), /[?&]in=/);
    const shown = await rows();
    assert.equal(await page.locator('[data-group]').count(), heads, 'the other heads stay');
    await press('j', 'x');
    assert.equal(await focused(), shown[0], 'then to its first row');
    await page.locator('.bulk').waitFor();

    const screen = async () => [page.url(), await page.locator('main').innerText()];
    await press('Escape');
    await page.locator('.bulk').waitFor({ state: 'detached' });
    const before = await screen();
    await page.reload();
    await settled();
    assert.deepEqual(await screen(), before);

    await press('Escape');
    await page.locator('tr[data-id]').first().waitFor({ state: 'detached' });
    assert.ok(!page.url().includes('in='));
    await press('*', 'a');
    assert.equal(await page.locator('.bulk').count(), 0, 'nothing is chosen unseen');
  });

  await test('what is done in a group is done in it alone, and its count follows', async () => {
    await attack(2900, 2);
    const q = `source:${addressOf(2900)} OR source:${addressOf(2901)}`;
    await becomes(q, 2);
    await open(`/app/triage?q=${encodeURIComponent(q)}&group=source`);
    await press('j', 'Enter');
    await page.locator('tr[data-id]').first().waitFor();
    await press('*', 'a', 'e');
    await said(/1 (berubah|changed)/);
    await becomes(`(${q}) is:new`, 1);
    assert.equal(await page.locator('[data-group]').count(), 2);
    await press('u');
    await said(/1 (dikembalikan|set back)/);
    await becomes(`(${q}) is:new`, 2);

    await open(`/app/triage?q=${encodeURIComponent(`(${q}) is:new`)}&group=source`);
    await press('j', 'Enter');
    await page.locator('tr[data-id]').first().waitFor();
    await press('j', 'e');
    await page.waitForFunction(() => document.querySelectorAll('[data-group]').length === 1);
    await page.waitForFunction(() => document.activeElement?.matches('[data-group]'));
    assert.ok(!page.url().includes('in='), 'a group without rows is closed and gone');
  });

  await test('a row shows when its events came in the last 24 hours', async () => {
    await attack(2950, 1, logTime(new Date()));
    const q = `source:${addressOf(2950)}`;
    await becomes(q, 1);
    const [alert] = (await ask(`/triage?q=${encodeURIComponent(q)}`)).items;
    // The archive has it a moment after the queue.
    await page.waitForFunction(async (number) => {
      const answer = await (await fetch(`/api/v1/triage/hours?alerts=${number}`)).json();
      const counts = answer.alerts?.[number] ?? [];
      return counts.length === 24 && counts.reduce((sum, count) => sum + count, 0) === 1;
    }, alert.number);
    await open(`/app/triage?q=${encodeURIComponent(q)}`);
    const bars = page.locator('td.hours svg');
    await bars.waitFor({ state: 'attached' });
    assert.match(await bars.getAttribute('aria-label'), /^1 (peristiwa|event) /);
    assert.match(await bars.locator('path').getAttribute('d'), /^M\d+ 18v-18h/);
  });

  await test('a view is saved, shown as a tab, and removed', async () => {
    await open('/app/triage?q=severity%3Ahigh');
    await page.getByRole('button', { name: /Simpan tampilan|Save view/ }).focus();
    await press('Enter');
    await page.getByRole('dialog').locator('input').first().waitFor();
    await page.keyboard.type('Malam');
    await press('Enter');
    await page.waitForURL(/view=[0-9a-f-]{36}/);
    await page.getByRole('link', { name: /Malam/ }).waitFor();
    await page.getByRole('button', { name: /(Hapus|Remove).*Malam/ }).focus();
    await press('Enter');
    await page.getByRole('link', { name: /Malam/ }).waitFor({ state: 'detached' });
  });

  await test(`${MANY} are closed but for two, and taken back`, async () => {
    await attack(10_000, MANY);
    const q = 'source:198.18.0.0/15 is:new first_seen>2020-01-01';
    const wanted = await (async () => {
      for (;;) {
        const found = await ask('/triage/counts', { queries: { q } });
        const n = (await ask(`/triage?limit=1&q=${encodeURIComponent(q)}`)).total;
        if (found.counts.q.relation === 'gte' && n.value >= MANY) return n;
      }
    })();
    assert.ok(wanted.value >= MANY);
    await open(`/app/triage?q=${encodeURIComponent(q)}`);
    await press('*', 'a', 'j', 'x', 'j', 'x');
    await page.locator('.bulk').filter({ hasText: '2' }).waitFor();
    const before = await total('is:closed');
    await press('3');
    await page.getByRole('dialog').locator('.choices').waitFor();
    await press('2');
    await page.locator('.box.shown button').waitFor();
    const told = await page.locator('.box.shown').innerText();
    assert.match(told, /(berubah|changed)/);
    const closed = (await ask('/triage/counts', { queries: { q: 'is:closed' } })).counts.q;
    assert.equal(closed.relation, 'gte');
    assert.equal((await rows()).length, 2, 'the two that were left out are still there');
    await press('u');
    await said(/(dikembalikan|set back)/);
    assert.equal(await total('is:closed'), before);
  });
}

// The desk in a story: signing in, the queue, a case from its opening to its end. Every step is a
// person's, by either hand; what is read for comparing comes from the API.
import assert from 'node:assert/strict';
import { choose, tabTo } from '../browser.mjs';
import { get } from '../figures.mjs';
import { signIn } from '../target.mjs';
import { STEP_MS } from '../totp.mjs';
import { keepLooks } from './pictures.mjs';
import { wordsIn } from './words.mjs';

const PRINT_MS = 150_000;

/** Chapter after chapter: after one that failed the story is over. */
export function chapters(world, name) {
  let goesOn = true;
  return async (title, body) => {
    if (!goesOn) return;
    goesOn = false;
    await world.test(`${name}: ${title}`, async () => {
      await body();
      goesOn = true;
    });
  };
}

/** Until a document is there: printing has a minute of its own, and may wait for another. */
export const printed = (page) =>
  page.locator('a[href^="/api/v1/documents/"]').first().waitFor({ timeout: PRINT_MS });

/** A desk of the language, worked by `hand`. */
export function openDesk(world, language, hand) {
  const { page, target, settled } = world;
  const t = wordsIn(language);
  const dialog = page.getByRole('dialog');
  const button = (name) => page.getByRole('button', { name, exact: true });
  const key = async (...keys) => {
    for (const each of keys) await page.keyboard.press(each);
  };
  /** Pictures of the page; they also see to it that it stands in this language. */
  const shot = (name) =>
    keepLooks(page, `${name}-${language}`, {
      theme: (theme) => choose(page, { theme, locale: language }),
    });

  async function enter() {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`${target.url}/app/`);
    await settled();
    await tabTo(page, `button[lang=${language}]`);
    await key('Enter');
    await page.waitForFunction((l) => document.documentElement.lang === l, language);
    // The code of this half minute: the one before may be over when it arrives.
    target.save({ last_step: Math.floor(Date.now() / STEP_MS) - 1 });
    await signIn(page, target);
    await settled();
  }

  /** In a field letters are text: one leaves it before a key is a key. */
  async function leaveField() {
    const inField = () =>
      page.evaluate(() => document.activeElement?.matches('input, select, textarea') ?? false);
    while (await inField()) await key('Tab');
  }

  /** To a page by the two keys that every page has. */
  async function go(letter, path) {
    await leaveField();
    await key('g', letter);
    await page.waitForURL((url) => url.pathname.endsWith(path));
    await settled();
  }

  // --- the queue --------------------------------------------------------------------------------
  const row = (text) => page.locator('tr[data-id]').filter({ hasText: text });

  /** The queue in one of its views, by its tab. */
  async function queue(view) {
    await go('t', '/app/triage');
    if (!view) return;
    await hand.press(page.locator('main nav a').filter({ hasText: view }).first());
    await page.waitForURL(/view=/);
    await settled();
  }

  async function openRow(text) {
    const link = row(text).locator('[data-row]').first();
    await link.waitFor();
    await hand.press(link);
    await page.waitForURL(/\/app\/(alerts|reports)\//);
    await settled();
  }

  /** Key 1 on a row or a page: into a new case, or into `number`. Gives the number. */
  async function intoCase(number) {
    await key('1');
    await dialog.locator('.choices').waitFor();
    await settled();
    await page.waitForFunction(() => document.activeElement?.closest('.choices'));
    if (number) await hand.press(dialog.locator('.choices button').filter({ hasText: number }));
    else await key('1');
    const notice = page.locator('.box.shown').filter({ hasText: /→ (KAS|INS)-\d{4}-\d+/ });
    await notice.waitFor();
    await dialog.waitFor({ state: 'hidden' });
    await settled();
    return /(KAS|INS)-\d{4}-\d+/.exec(await notice.innerText())[0];
  }

  /** The case that the page names. */
  async function followCase() {
    await hand.press(page.locator('main .case a').first());
    await page.waitForURL(/\/app\/cases\//);
    await settled();
  }
  /** The one open case, from the list. */
  async function openCase() {
    await go('c', '/app/cases');
    const first = page.locator('[data-row]').first();
    await first.waitFor();
    await hand.press(first);
    await page.waitForURL(/\/app\/cases\/(KAS|INS)-/);
    await settled();
  }
  return {
    ...world,
    language,
    hand,
    t,
    dialog,
    button,
    key,
    shot,
    enter,
    go,
    row,
    queue,
    openRow,
    intoCase,
    followCase,
    openCase,
    get: (path) => get(page, path),
    at: caseSteps,
  };

  // --- a case -----------------------------------------------------------------------------------
  function caseSteps(id) {
    const read = () => get(page, `/cases/${id}`);
    const tab = async (digit) => {
      await leaveField();
      await key(digit);
      await page.waitForFunction(
        (wanted) =>
          document.querySelector('.tabs [aria-current=page]')?.getAttribute('aria-keyshortcuts') ===
          wanted,
        digit,
      );
      await settled();
    };
    /** Sends the dialog that is open, and waits until it is gone. */
    const submit = async () => {
      await hand.press(dialog.locator('button.primary'));
      await dialog.waitFor({ state: 'hidden' });
      await settled();
    };

    async function assess({ impact, urgency, kind, facts = [] }) {
      await tab('1');
      await hand.press(button(t.cases.assess));
      const lists = dialog.locator('select');
      await lists.nth(2).locator(`option[value="${kind}"]`).waitFor({ state: 'attached' });
      await hand.pick(lists.nth(0), String(impact));
      await hand.pick(lists.nth(1), String(urgency));
      await hand.pick(lists.nth(2), kind);
      for (const fact of facts) await hand.tick(dialog.locator(`input[name=${fact}]`));
      await submit();
    }

    /** Applies the playbook that offers itself first, after a look that it is the expected one. */
    async function applyPlaybook(expected) {
      await tab('2');
      const list = page.getByLabel(t.cases.playbook, { exact: true });
      await list.locator('option').first().waitFor({ state: 'attached' });
      assert.equal(await list.inputValue(), expected, 'the playbook of the class comes first');
      await hand.press(button(t.cases.applyPlaybook));
      await page.locator('main li select').first().waitFor();
      await settled();
    }

    /** Ticks the steps and ends each task, in the order of the page. Gives how many there were. */
    async function workTasks() {
      await tab('2');
      const tasks = page.locator('main li:has(select)');
      const count = await tasks.count();
      for (let at = 0; at < count; at += 1) {
        const task = tasks.nth(at);
        const steps = task.locator('.steps input');
        for (let step = 0, all = await steps.count(); step < all; step += 1) {
          await hand.tick(steps.nth(step));
          await settled();
        }
        await hand.pick(task.locator('select'), 'done');
        await task.and(page.locator('li.ended')).waitFor();
        await settled();
      }
      const { items } = await get(page, `/cases/${id}/tasks`);
      const steps = items.flatMap((each) => each.steps);
      assert.ok(
        steps.every((each) => each.ticked),
        'every step is ticked',
      );
      return count;
    }

    async function write(fields, resolution) {
      await tab('1');
      await key('e');
      for (const [name, text] of Object.entries(fields))
        await hand.write(page.locator(`main [name="${name}"]`), text);
      await hand.pick(page.getByLabel(t.cases.resolution, { exact: true }), resolution);
      await hand.press(page.locator('main form button.primary').first());
      await page.locator('main [name="summary"]').waitFor({ state: 'detached' });
      await settled();
    }

    async function note(kind, text) {
      await tab('3');
      await key('n');
      await hand.pick(dialog.locator('select'), kind);
      await hand.write(dialog.locator('textarea'), text);
      await submit();
      await page.locator('main li.own').filter({ hasText: text }).waitFor();
    }

    async function keepEvidence(file, { kind, description, source }) {
      await tab('4');
      await hand.press(button(t.cases.evidenceAdd));
      await hand.give(dialog.locator('input[type=file]'), file);
      await hand.pick(dialog.locator('select'), kind);
      await hand.write(dialog.locator('[name=description]'), description);
      await hand.write(dialog.locator('[name=source]'), source);
      await submit();
      await page.locator('main li').filter({ hasText: file.name }).locator('code').waitFor();
    }

    async function declare() {
      await hand.press(button(t.cases.incident));
      await page.locator('.facts').getByText(t.cases.incident, { exact: true }).waitFor();
      await settled();
    }

    async function moveTo(stage) {
      await hand.press(button(t.cases.move));
      await hand.pick(dialog.locator('select'), stage);
      await submit();
      assert.equal((await read()).stage, stage);
    }

    async function setTime(name, { at, notApplicable, note: why }) {
      await tab('1');
      const { milestones } = await read();
      const title = milestones.find((each) => each.name === name).title[language];
      await hand.press(button(`${t.cases.timeSet}: ${title}`));
      if (at) await hand.date(dialog.locator('input[type=datetime-local]'), at);
      if (notApplicable) await hand.tick(dialog.locator('input[type=checkbox]'));
      await hand.write(dialog.locator('[name=note]'), why);
      await submit();
    }

    async function fulfilDuty(proof) {
      await tab('1');
      await hand.press(button(t.cases.dutyDone));
      await hand.write(dialog.locator('[name=proof]'), proof);
      await submit();
    }

    /** What the wizard says is missing. */
    async function missing() {
      await hand.press(button(t.cases.close));
      await dialog.waitFor();
      const named = await dialog.locator('li span').allInnerTexts();
      await key('Escape');
      await dialog.waitFor({ state: 'hidden' });
      return named;
    }

    async function close() {
      await hand.press(button(t.cases.close));
      await dialog.locator('form').waitFor();
      await shot('close-wizard');
      await submit();
      assert.equal((await read()).stage, 'closed');
    }

    /** Prints the report in the story's language; gives the document's id. */
    async function print() {
      await tab('1');
      await hand.press(page.locator('.makers button').nth(language === 'id' ? 0 : 1));
      await printed(page);
      const { items } = await get(page, `/cases/${id}/documents`);
      return items.find((each) => each.language === language).id;
    }
    return {
      read,
      tab,
      submit,
      assess,
      applyPlaybook,
      workTasks,
      write,
      note,
      keepEvidence,
      declare,
      moveTo,
      setTime,
      fulfilDuty,
      missing,
      close,
      print,
    };
  }
}

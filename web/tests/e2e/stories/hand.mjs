// Two hands for the same story: one that points, one that has keys and nothing else.
import assert from 'node:assert/strict';

const STOPS_MAX = 300;
const POINTER = 'pointer used:';

export const pointingHand = () => ({
  press: (what) => what.click(),
  write: (what, text) => what.fill(text),
  pick: (what, value) => what.selectOption(value),
  // Not check(): a list that is read anew meanwhile shows the box as it was for a moment.
  async tick(what) {
    if (!(await what.isChecked())) await what.click();
  },
  give: (what, file) => what.setInputFiles(file),
  date: (what, local) => what.fill(local),
});

/** What only the pointer can do is not done: what Tab does not reach is not there. */
export function keyboardHand(page) {
  const press = (...keys) =>
    keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  // Who listens is asked for files from the start, not from some moment after the key.
  page.on('filechooser', () => {});
  const focused = (what) => what.evaluate((element) => element === document.activeElement);

  async function reach(what) {
    await what.waitFor();
    for (let stop = 0; stop < STOPS_MAX; stop += 1) {
      if (await focused(what)) return;
      await press('Tab');
    }
    throw new Error(`Tab does not reach ${what}`);
  }

  /** By its first letters, as one does; where another begins alike, on by arrows. */
  async function pick(what, value) {
    await reach(what);
    const option = what.locator(`option[value="${value}"]`);
    await option.waitFor({ state: 'attached' });
    if ((await what.inputValue()) === value) return;
    await page.keyboard.type((await option.textContent()).trim());
    const steps = await what.evaluate(
      (select, wanted) =>
        [...select.options].findIndex((each) => each.value === wanted) - select.selectedIndex,
      value,
    );
    for (let step = 0; step < Math.abs(steps); step += 1)
      await press(steps > 0 ? 'ArrowDown' : 'ArrowUp');
    assert.equal(await what.inputValue(), value, 'keys choose in a list');
  }

  /** Part by part in the order in which this browser shows them. */
  async function date(what, local) {
    const [, year, month, day, hour, minute] = /(\d+)-(\d+)-(\d+)T(\d+):(\d+)/.exec(local);
    const twelve = String(((Number(hour) + 11) % 12) + 1).padStart(2, '0');
    const half = Number(hour) < 12 ? 'AM' : 'PM';
    for (const [first, second, clock] of [
      [month, day, [twelve, minute, half]],
      [day, month, [hour, minute]],
      [month, day, [hour, minute]],
      [day, month, [twelve, minute, half]],
    ]) {
      await reach(what);
      await page.keyboard.type(first + second + year);
      await press('ArrowRight');
      for (const part of clock) await page.keyboard.type(part);
      if ((await what.inputValue()) === local) return;
      await press('Shift+Tab');
    }
    throw new Error(`keys do not write ${local} into a field for a moment`);
  }

  return {
    async press(what) {
      await reach(what);
      await press('Enter');
    },
    async write(what, text) {
      await reach(what);
      await press('Control+a');
      await page.keyboard.type(text);
    },
    pick,
    async tick(what) {
      await reach(what);
      if (!(await what.isChecked())) await press('Space');
    },
    async give(what, file) {
      await reach(what);
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), press('Enter')]);
      await chooser.setFiles(file);
    },
    date,
  };
}

/** From here on the page tells every real move, press or touch of a pointer; such a test fails. */
export const watchPointer = (context) =>
  context.addInitScript((mark) => {
    for (const type of [
      'mousemove',
      'mousedown',
      'pointermove',
      'pointerdown',
      'touchstart',
      'wheel',
    ])
      window.addEventListener(
        type,
        (event) => {
          if (event.isTrusted) console.error(`${mark} ${type}`);
        },
        { capture: true, passive: true },
      );
  }, POINTER);

/** That the watch sees: one press on purpose, whose trace is taken back. */
export async function provePointerWatch(page, faults) {
  const seen = page.waitForEvent('console', (message) => message.text().startsWith(POINTER));
  await page.mouse.click(1, 1);
  await seen;
  assert.ok(faults.every((fault) => fault.includes(POINTER)));
  faults.length = 0;
}

// The running server under test, and the account that signs in to it.
//
//   TANGGAP_URL       http://127.0.0.1:8080
//   TANGGAP_ACCOUNT   a file {name, password, totp_secret}; kept up to date with the last code
//                     used and the session, so that one run may follow another
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { codeAt, STEP_MS } from './totp.mjs';
import { tabTo } from './browser.mjs';

export function openTarget() {
  const url = process.env.TANGGAP_URL?.replace(/\/+$/, '');
  const file = process.env.TANGGAP_ACCOUNT;
  if (!url || !file) {
    throw new Error(
      'set TANGGAP_URL (a running server) and TANGGAP_ACCOUNT (a file with name, password, totp_secret)',
    );
  }
  const account = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const save = (changes) => {
    Object.assign(account, changes);
    writeFileSync(file, JSON.stringify(account, null, 1), { mode: 0o600 });
  };

  /** A code the server has not seen: it takes the step before, this one and the next, once each. */
  async function nextCode() {
    const now = Math.floor(Date.now() / STEP_MS);
    const step = Math.max((account.last_step ?? 0) + 1, now - 1);
    if (step > now + 1) {
      await new Promise((resolve) => setTimeout(resolve, (step - 1) * STEP_MS - Date.now()));
    }
    save({ last_step: step });
    return codeAt(account.totp_secret, step * STEP_MS);
  }
  return { url, account, save, nextCode };
}

/** Fills the sign-in form that is on the screen, by keyboard alone. */
export async function signIn(page, target) {
  await tabTo(page, 'input[name=username]');
  await page.keyboard.type(target.account.name);
  await tabTo(page, 'input[name=password]');
  await page.keyboard.type(target.account.password);
  await tabTo(page, 'input[name=code]');
  await page.keyboard.type(await target.nextCode());
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => !url.pathname.endsWith('/sign-in'));
}

/** Takes up the session of an earlier run, or signs in. */
export async function enter({ page, context, target, settled }) {
  if (target.account.cookies) await context.addCookies(target.account.cookies);
  await page.goto(`${target.url}/app/dashboard`);
  await settled();
  if (new URL(page.url()).pathname.endsWith('/sign-in')) await signIn(page, target);
  await settled();
  target.save({ cookies: await context.cookies() });
}

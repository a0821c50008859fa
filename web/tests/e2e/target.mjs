// What is tested: a running server named by the environment, else the mock.
//
//   TANGGAP_URL       http://127.0.0.1:8080
//   TANGGAP_USER, TANGGAP_PASSWORD
//   TANGGAP_TOTP_SECRET (base32) or TANGGAP_CODE (six digits, works once)
import { CREDENTIALS, startMock } from '../mock-server.mjs';
import { codeAt } from './totp.mjs';

export async function openTarget() {
  const url = process.env.TANGGAP_URL;
  if (!url) {
    const mock = await startMock();
    const scene = (changes) =>
      fetch(`${mock.url}/mock/scene`, {
        method: 'POST',
        body: JSON.stringify(changes),
        headers: { 'X-Requested-With': 'tanggap' },
      });
    return {
      url: mock.url,
      mock: true,
      scene,
      stop: mock.stop,
      credentials: async () => CREDENTIALS,
    };
  }
  const name = process.env.TANGGAP_USER;
  const password = process.env.TANGGAP_PASSWORD;
  const secret = process.env.TANGGAP_TOTP_SECRET;
  if (!name || !password || !(secret || process.env.TANGGAP_CODE)) {
    throw new Error(
      'TANGGAP_URL is set: also set TANGGAP_USER, TANGGAP_PASSWORD and TANGGAP_TOTP_SECRET (or TANGGAP_CODE)',
    );
  }
  return {
    url: url.replace(/\/+$/, ''),
    mock: false,
    scene: async () => {},
    stop: async () => {},
    credentials: async () => ({
      name,
      password,
      code: secret ? codeAt(secret, Date.now()) : process.env.TANGGAP_CODE,
    }),
  };
}

/** Signs in by keyboard alone: the form's first field, then Tab. */
export async function signIn(page, target) {
  const { name, password, code } = await target.credentials();
  await page.goto(`${target.url}/app/sign-in`);
  await page.locator('input[name=username]').focus();
  await page.keyboard.type(name);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Tab'); // show the password
  await page.keyboard.press('Tab');
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/app\/dashboard/);
}

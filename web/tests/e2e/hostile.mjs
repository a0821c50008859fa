// Markup in every field that anybody can fill, on every view that shows it: nothing of it becomes an
// element, nothing runs. The policy against inline script would hide a hole, so elements are counted
// as well as executions.
import assert from 'node:assert/strict';
import { enter } from './target.mjs';

/** What would run or fetch, each marked by an attribute that our own pages never have. */
const VECTORS = [
  '<img data-xss src=x onerror=ran()>',
  '<script data-xss>ran()</script>',
  '<svg data-xss onload=ran()>',
  '<svg><animate data-xss onbegin=ran() attributeName=x dur=1s>',
  '<body data-xss onload=ran()>',
  '<iframe data-xss src="javascript:ran()"></iframe>',
  '<iframe data-xss srcdoc="<script>parent.ran()</script>"></iframe>',
  '<details data-xss open ontoggle=ran()>',
  '<input data-xss autofocus onfocus=ran()>',
  '<select data-xss autofocus onfocus=ran()></select>',
  '<video data-xss><source onerror=ran()></video>',
  '<audio data-xss src=x onerror=ran()>',
  '<object data-xss data="javascript:ran()"></object>',
  '<embed data-xss src="javascript:ran()">',
  '<form data-xss action="javascript:ran()"><button>x</button></form>',
  '<a data-xss href="javascript:ran()">x</a>',
  '<a data-xss href=" java\tscript:ran()">x</a>',
  '<a data-xss href="data:text/html,<script>ran()</script>">x</a>',
  '<math data-xss><mi xlink:href="javascript:ran()">x</mi></math>',
  '<meta data-xss http-equiv=refresh content="0;url=javascript:ran()">',
  '<link data-xss rel=stylesheet href="data:text/css,*{color:red}">',
  '<style data-xss>*{background:url(javascript:ran())}</style>',
  '<base data-xss href="javascript:ran()//">',
  '<template data-xss><script>ran()</script></template>',
  '<marquee data-xss onstart=ran()>x</marquee>',
  '<div data-xss style="animation-name:x" onanimationstart=ran()>x</div>',
  '<img data-xss src=x:x onerror=ran`1`>',
  '<isindex data-xss type=image src=1 onerror=ran()>',
  '[x](javascript:ran())<b data-xss>',
  '![x](x"onerror="ran())<b data-xss>',
];
/** The places a text may stand in, left by each of these. */
const WAYS_OUT = ['', '">', "'>", '</textarea>', '</title></script>', '-->', '{@html ``}${ran()}'];
export const PAYLOADS = WAYS_OUT.flatMap((out) => VECTORS.map((vector) => out + vector));
const TABS = ['', 'tasks', 'timeline', 'evidence', 'observables', 'alerts', 'notes'];

export async function run(world) {
  const { page, context, target, test, settled } = world;
  await context.addInitScript(() => {
    window.executions = 0;
    window.ran = () => (window.executions += 1);
  });
  page.on('dialog', (dialog) => dialog.dismiss());
  await enter(world);

  const send = async (path, body, method = 'POST') => {
    const answer = await page.evaluate(
      async ([path, body, method]) => {
        const headers = { 'Content-Type': 'application/json', 'X-Requested-With': 'tanggap' };
        if (method === 'PATCH') {
          headers['If-Match'] = (await fetch(`/api/v1${path}`)).headers.get('ETag');
        }
        const answer = await fetch(`/api/v1${path}`, {
          method,
          headers,
          body: JSON.stringify(body),
        });
        return { status: answer.status, body: await answer.json().catch(() => ({})) };
      },
      [path, body, method],
    );
    assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer)}`);
    return answer.body;
  };
  let next = 0;
  const payload = () => PAYLOADS[next++ % PAYLOADS.length];
  const oneLine = () => payload().replaceAll('\t', ' ');

  async function harmless(path) {
    await page.goto(target.url + path);
    if (path.startsWith('/app')) await settled();
    assert.equal(await page.locator('[data-xss]').count(), 0, `an element on ${path}`);
    assert.equal(await page.evaluate(() => window.executions), 0, `an execution on ${path}`);
  }

  const cases = [];
  let work = '';
  let report = {};
  await test(`${PAYLOADS.length} payloads go into every field`, async () => {
    assert.ok(PAYLOADS.length >= 200);
    const lines = PAYLOADS.map(
      (text, i) =>
        `198.51.100.${i % 250} - - [20/Nov/2026:12:00:00 +0700] "GET /?q=${text.replaceAll(/[\s"]/g, '%20')} HTTP/1.1" 200 17 "${text.replaceAll('"', "'")}" "${text.replaceAll('"', "'")}"`,
    );
    const answer = await fetch(`${target.url}/api/v1/ingest/markup`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${target.account.api_key}`, 'Content-Type': 'text/plain' },
      body: lines.join('\n') + '\n',
    });
    assert.ok(answer.ok, await answer.text());

    // A case holds at most two hundred notes: two cases take half of the payloads each.
    for (const half of [0, 1]) {
      work = (await send('/cases', { title: oneLine(), organisation: oneLine() })).id;
      cases.push(work);
      for (const text of PAYLOADS.filter((_, i) => i % 2 === half)) {
        await send(`/cases/${work}/notes`, { title: text.replaceAll('\t', ' '), text });
        await send(`/cases/${work}/entries`, { kind: 'fact', text });
        await send(`/cases/${work}/tasks`, { title: text.replaceAll('\t', ' '), why: text });
      }
    }
    await send(
      `/cases/${work}`,
      {
        contact: oneLine(),
        team: oneLine(),
        summary: payload(),
        cause: payload(),
        impact: payload(),
        measures: payload(),
        lessons: payload(),
      },
      'PATCH',
    );
    await send(`/cases/${work}/observables`, {
      items: [
        { type: 'url', value: `https://kota.example/${encodeURI(oneLine())}`, note: payload() },
      ],
    });
    for (let i = 0; i < VECTORS.length; i += 1) {
      await send('/cases', { title: oneLine(), organisation: oneLine(), contact: oneLine() });
      report = await send('/reports', {
        channel: 'phone',
        answers: {
          what: 'impersonation',
          where: oneLine(),
          story: `${payload()} ${payload()} ${payload()}`,
          identity: 'open',
          name: oneLine(),
        },
      });
    }
    for (const text of PAYLOADS.slice(0, VECTORS.length)) {
      await send(`/reports/${report.number}/notes`, { text });
      await send(`/reports/${report.number}/messages`, { text });
    }
    await send('/views', { name: 'x"><img data-xss src=x>', q: 'is:open' });
  });

  await test('no part of a case makes an element of it', async () => {
    await harmless('/app/cases');
    for (const id of cases) {
      for (const tab of TABS) await harmless(`/app/cases/${id}${tab ? `/${tab}` : ''}`);
    }
  });
  await test('no report does, for us or for the reporter', async () => {
    await harmless('/app/reports');
    await harmless(`/app/reports/${report.number}`);
    await page.goto(`${target.url}/lacak`);
    await page.locator('input[name=nomor]').fill(report.number);
    await page.locator('input[name=kode]').fill(report.code);
    await page.locator('main form button').first().click();
    await page.getByText(report.number).first().waitFor();
    assert.equal(await page.locator('[data-xss]').count(), 0);
    assert.equal(await page.evaluate(() => window.executions), 0);
  });
  await test('no queue, alert, event or log of what was done does', async () => {
    await harmless('/app/triage');
    const first = page.locator('tr[data-id]').first();
    const id = await first.getAttribute('data-id');
    await harmless(`/app/alerts/${id}`);
    await harmless('/app/triage?q=rule%3A%22Cross-site*%22');
    await harmless('/app/events?q=tanggap.sensor%3Amarkup');
    for (const path of ['dashboard', 'quarantine', 'sensors', 'rules', 'me']) {
      await harmless(`/app/${path}`);
    }
    for (const path of ['assets', 'users', 'audit', 'profile'])
      await harmless(`/app/admin/${path}`);
  });
  await test('no address of a page does', async () => {
    for (const text of VECTORS) {
      await harmless(`/app/triage?q=${encodeURIComponent(text)}`);
      // The server takes no escaped slash in a path, and a dot makes it the name of a file.
      await harmless(`/app/cases/${encodeURIComponent(text.replaceAll(/[/.]/g, ''))}`);
    }
  });
}

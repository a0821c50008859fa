// J2, a flood of log-ins, told by keyboard alone: the logs of a VPN host are imported, those of a
// web host come by syslog. Each attacker is one alert; the one who got in stands first, becomes a
// case with evidence, clocks and a duty, and is closed.
import assert from 'node:assert/strict';
import { compareWithLists, compareWithPage, figuresShown } from '../figures.mjs';
import { comparePrintedCase, compareTimes, total } from './compare.mjs';
import { chapters, openDesk } from './desk.mjs';
import { keyboardHand, provePointerWatch, watchPointer } from './hand.mjs';
import { drained, importFile, isoTime, localMinute, sendSyslog, syslogTime } from './inputs.mjs';

const FLOODER = '203.0.113.7';
const INTRUDER = '198.51.100.23';
const FAILURES = 2847;
const GUESSES = 60;
/** The rule fires from the sixth refusal on: what came before it is no detection. */
const UNSEEN = 5;
const CLASS = 'intrusions/unprivileged-account-compromise';
const NAMES = ['root', 'admin', 'oracle', 'test', 'ubuntu', 'git', 'postgres', 'deploy'];
const STRANGERS = ['admin', 'oracle', 'test', 'git', 'postgres'];
const MINUTE = 60_000;

const TOLD = {
  id: {
    success: /^Masuk SSH berhasil setelah tebak sandi/,
    flood: /^Tebak sandi SSH/,
    organisation: 'Dinas Kesehatan',
    action: 'Sesi akun operator diputus dan sandinya diganti.',
    fields: {
      summary: 'Sandi akun operator ditebak lewat SSH; satu kali masuk berhasil.',
      cause: 'Sandi lemah dan SSH terbuka ke internet tanpa faktor kedua.',
      impact: 'Satu akun biasa dimasuki; tidak ada data yang diketahui terambil.',
      measures: 'Akun dikunci, alamat sumber diblokir 24 jam.',
      lessons: 'Faktor kedua diwajibkan untuk akses dari luar.',
    },
    internal: 'Kepala dinas diberi tahu lewat telepon.',
    proof: 'Surat 800/123/TTIS/2026',
    evidence: 'Potongan auth.log web-dinkes',
  },
  en: {
    success: /^SSH sign-in succeeded after password guessing/,
    flood: /^SSH password guessing/,
    organisation: 'Health Department',
    action: 'The session of account operator was cut and its password changed.',
    fields: {
      summary: 'The password of account operator was guessed over SSH; one sign-in succeeded.',
      cause: 'A weak password, and SSH open to the internet without a second factor.',
      impact: 'One ordinary account was entered; no data is known to be taken.',
      measures: 'The account was locked, the source blocked for 24 hours.',
      lessons: 'A second factor is required for access from outside.',
    },
    internal: 'The head of the department was told by phone.',
    proof: 'Letter 800/123/TTIS/2026',
    evidence: 'Part of auth.log of web-dinkes',
  },
};

/** The VPN host's file: the flood, and what a quiet host writes beside it. */
function flood(end) {
  const start = end - 90 * MINUTE;
  const lines = [];
  const say = (at, pid, text) => lines.push(`${syslogTime(at)} vpn-1 sshd[${pid}]: ${text}`);
  for (let n = 0; n < FAILURES; n += 1) {
    const at = start + Math.floor((n * (end - start)) / FAILURES);
    const name = NAMES[n % NAMES.length];
    const whom = STRANGERS.includes(name) ? `invalid user ${name}` : name;
    if (n % 400 === 0) {
      const key = 'RSA SHA256:0000000000000000000000000000000000000000000';
      say(
        at,
        900 + n,
        `Accepted publickey for rina from 192.0.2.10 port ${50_000 + n} ssh2: ${key}`,
      );
      say(at, 900 + n, 'pam_unix(sshd:session): session opened for user rina(uid=1000) by (uid=0)');
    }
    say(at, 2000 + n, `Failed password for ${whom} from ${FLOODER} port ${20_000 + n} ssh2`);
  }
  return lines;
}

/** The web host's messages: guesses, and one that was right. */
function breakIn(end) {
  const say = (at, text) => `<38>1 ${isoTime(at)} web-dinkes sshd 811 - - ${text}`;
  const lines = [];
  for (let n = 0; n < GUESSES; n += 1) {
    lines.push(
      say(
        end - 4 * MINUTE + n * 2000,
        `Failed password for operator from ${INTRUDER} port ${41_000 + n} ssh2`,
      ),
    );
  }
  lines.push(say(end - MINUTE, `Accepted password for operator from ${INTRUDER} port 41999 ssh2`));
  return lines;
}

export async function run(world) {
  const language = process.env.STORY_LANGUAGE;
  const { page, context, target, settled, faults } = world;
  await watchPointer(context);
  const desk = openDesk(world, language, keyboardHand(page));
  const { key, t, shot, get, dialog } = desk;
  const told = TOLD[language];
  const test = chapters(world, `${language}, keys only`);
  const now = Date.now();
  const messages = breakIn(now);
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
  /** Down the list until the focus is on the row of `text`. */
  async function downTo(text) {
    const rows = await page.locator('tr[data-id]').count();
    for (let at = 0; at < rows; at += 1) {
      await key('j');
      const here = page.locator('tr[data-id]:has(:focus)');
      if ((await here.textContent()).includes(text)) return;
    }
    throw new Error(`no row of ${text}`);
  }
  let intrusion;
  let number = '';
  let steps;

  await test('the logs come in, every line of them', async () => {
    const lines = flood(now - 5 * MINUTE);
    const said = importFile(target, 'vpn-1', lines);
    assert.deepEqual([said.records, said.new, said.quarantined], [lines.length, lines.length, 0]);
    await sendSyslog(messages);
    const ledger = await drained(target, lines.length + messages.length);
    assert.equal(ledger.stored, lines.length + messages.length);
  });

  await test('one alert for each attacker; who got in stands first', async () => {
    await desk.enter();
    await desk.queue();
    const { items } = await get('/triage?limit=50&sort=-priority');
    const guessing = items.filter((each) => each.technique === 'T1110');
    assert.deepEqual(
      guessing.map((each) => [each.source, each.target, each.outcome]),
      [
        [INTRUDER, 'web-dinkes', 'succeeded'],
        [FLOODER, 'vpn-1', 'failed'],
      ],
    );
    assert.equal(guessing[1].events, FAILURES - UNSEEN, 'every failure is in the one alert');
    [intrusion] = guessing;
    await shot('flood-queue');
    await key('j');
    assert.match(await focused(), told.success);
  });

  await test('its page says why, how often and with what outcome; search finds the same events', async () => {
    await key('Enter');
    await page.waitForURL(/\/app\/alerts\/ALR-\d+$/);
    await settled();
    const alert = await get(`/alerts/${intrusion.number}`);
    assert.equal(alert.outcomes.succeeded, 1);
    assert.equal(alert.events, GUESSES - UNSEEN + 1);
    assert.ok(
      (await page.locator('main').innerText()).includes(t.alerts.nEvents(String(alert.events))),
    );
    await shot('flood-alert');
    await key('f');
    await page.waitForURL(/\/app\/events\?q=alert/);
    await settled();
    const found = page.getByRole('status').filter({ hasText: /^\d+ (peristiwa|events)$/ });
    assert.match(await found.first().innerText(), new RegExp(`^${alert.events} `));
  });

  await test('the flood that failed is closed by a reason, the intrusion becomes a case', async () => {
    await desk.queue();
    await downTo(FLOODER);
    await key('3');
    await dialog.locator('.choices').waitFor();
    await key('5');
    await page
      .locator('.box.shown')
      .filter({ hasText: t.acts.changed('1') })
      .waitFor();
    await settled();
    assert.equal(await total(get, 'triage', `source:${FLOODER} is:closed`), 1);
    await desk.queue();
    await downTo(INTRUDER);
    number = await desk.intoCase();
    assert.equal(await total(get, 'triage', `case:${number}`), 1);
    await desk.openCase();
    steps = desk.at(number);
    await steps.tab('6');
    assert.match(await page.locator('main').innerText(), new RegExp(intrusion.number));
  });

  await test('priority, class and playbook; the clocks run and one is met already', async () => {
    await steps.assess({ impact: 3, urgency: 3, kind: CLASS, facts: ['attacker_inside'] });
    const subject = await steps.read();
    assert.equal(subject.priority, 'P1');
    const clocks = subject.clocks.filter((each) => each.kind === 'service');
    assert.deepEqual(clocks.map((each) => each.rule).sort(), [
      'acknowledge',
      'contain',
      'first_action',
      'triage',
      'update',
    ]);
    assert.equal(clocks.find((each) => each.rule === 'acknowledge').state, 'met');
    const shown = await page.locator('main').innerText();
    for (const each of clocks) assert.ok(shown.includes(each.title[language]), each.rule);
    await shot('flood-clocks');
    await steps.applyPlaybook('brute_force');
  });

  await test('evidence is kept, the action stands on the timeline, the tasks are done', async () => {
    await steps.keepEvidence(
      { name: 'auth.log', mimeType: 'text/plain', buffer: Buffer.from(messages.join('\n')) },
      { kind: 'log', description: told.evidence, source: 'web-dinkes' },
    );
    await shot('flood-evidence');
    await steps.declare();
    await steps.moveTo('confirmed');
    await steps.moveTo('containment');
    await steps.note('action', told.action);
    await steps.workTasks();
    const { clocks } = await steps.read();
    assert.equal(clocks.find((each) => each.rule === 'first_action').state, 'met');
  });

  await test('an incident of P1 is a duty by law: it is done, with its proof', async () => {
    const { duties } = await steps.read();
    assert.deepEqual(
      duties.map((each) => each.clock.rule),
      ['high_risk_report'],
    );
    await steps.fulfilDuty(told.proof);
    const after = await steps.read();
    assert.equal(after.duties[0].clock.state, 'met');
    assert.ok(after.milestones.find((each) => each.name === 'regulator_notified').at);
  });

  await test('stage by stage to its end; the wizard lets it go when nothing is missing', async () => {
    for (const stage of ['eradication', 'recovery', 'verification', 'reporting'])
      await steps.moveTo(stage);
    const missing = await steps.missing();
    assert.equal(missing.length, (await steps.read()).missing.length);
    await steps.write({ organisation: told.organisation, ...told.fields }, 'resolved');
    await steps.setTime('internal_notified', { at: localMinute(Date.now()), note: told.internal });
    await steps.close();
    await shot('flood-closed');
    const { clocks } = await steps.read();
    assert.equal(clocks.find((each) => each.rule === 'contain').state, 'met');
  });

  await test('times agree, the PDF tells the case, the figures count it once', async () => {
    await steps.tab('1');
    const subject = await steps.read();
    await compareTimes(page, subject, language);
    const document = await steps.print();
    await comparePrintedCase(page, document, subject, { language, alerts: 1, reports: 0 });
    const statistics = await figuresShown(page, () => desk.go('f', '/app/stats'));
    await settled();
    const value = (id) =>
      [...statistics.ladder, ...statistics.figures].find((each) => each.id === id).value;
    assert.deepEqual(['incidents', 'cases', 'cases_ended', 'reports'].map(value), [1, 1, 1, 0]);
    assert.equal(value('attempts'), value('alerts') - value('set_aside'));
    await compareWithPage(page, statistics, language);
    await compareWithLists(page, statistics, 10);
    await shot('flood-figures');
  });

  await test('no pointer was used, and one would have been seen', () =>
    provePointerWatch(page, faults));
}

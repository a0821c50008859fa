// J1, a phishing page that imitates the city: two citizens report it, the desk answers, works the
// case by its playbook, asks, is answered, closes it and tells everybody. Numbers and times are
// compared between page, PDF and lists.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { compareWithLists, compareWithPage, figuresShown, flat } from '../figures.mjs';
import { comparePrintedCase, compareTimes, total } from './compare.mjs';
import { openCitizens } from './citizen.mjs';
import { chapters, openDesk } from './desk.mjs';
import { pointingHand } from './hand.mjs';
import { localMinute } from './inputs.mjs';

const LINK = 'https://bayar-pajak-kota.example/tagihan';
const HOST = 'bayar-pajak-kota.example';
const ACCOUNT = '5550001112223';
const CLASS = 'fraud/phishing';
const PICTURE = {
  name: 'tangkapan-layar.png',
  mimeType: 'image/png',
  buffer: Buffer.from('89504e470d0a1a0a', 'hex'),
};
const CAPTURE = {
  name: 'halaman.html',
  mimeType: 'text/html',
  buffer: Buffer.from('<title>Pajak Kota</title><form action="//203.0.113.45/masuk">'),
};

const TOLD = {
  id: {
    first: `Saya menerima pesan bahwa pajak menunggak. Tautannya ${LINK}, lalu diminta transfer ke rekening ${ACCOUNT}.`,
    second: `Situs ${HOST} memakai lambang kota dan meminta data kartu.`,
    title: 'Situs pajak palsu meniru pemerintah kota',
    organisation: 'Badan Pendapatan Daerah',
    question: 'Apakah Anda sudah mengisi data di halaman itu?',
    reply: 'Belum. Saya lampirkan pesan aslinya.',
    thanks: 'Terima kasih, itu membantu kami.',
    action: 'Penurunan halaman diminta ke penyedia hosting dan registrar.',
    fields: {
      summary: 'Halaman meniru portal pajak kota untuk mencuri data kartu.',
      cause: 'Domain didaftarkan pihak luar; tidak ada sistem kota yang ditembus.',
      impact: 'Dua warga melapor; tidak ada kerugian yang diketahui.',
      measures: 'Halaman diturunkan, domain diblokir di jaringan kota.',
      lessons: 'Imbauan berkala tentang alamat resmi pajak kota.',
    },
    internal: 'Telepon ke kepala dinas.',
    none: 'Bukan sistem elektronik kota; tidak wajib lapor.',
    done: 'Halaman palsu itu sudah diturunkan. Terima kasih atas laporan Anda.',
    doneOther: 'The fake page is gone. Thank you for your report.',
    stands: 'Selesai',
    standsOther: 'Done',
  },
  en: {
    first: `I got a message that my tax is overdue. The link is ${LINK}, then it asks for a transfer to account ${ACCOUNT}.`,
    second: `The site ${HOST} uses the crest of the city and asks for card details.`,
    title: 'Fake tax site imitates the city',
    organisation: 'Revenue Department',
    question: 'Have you entered any data on that page?',
    reply: 'Not yet. I attach the original message.',
    thanks: 'Thank you, that helps us.',
    action: 'Host and registrar were asked to take the page down.',
    fields: {
      summary: 'A page imitates the tax portal of the city to steal card data.',
      cause: 'The domain is an outsider’s; no system of the city was broken into.',
      impact: 'Two citizens reported it; no loss is known.',
      measures: 'The page was taken down, the domain is blocked in the city’s network.',
      lessons: 'Publish the official tax address regularly.',
    },
    internal: 'Call to the head of the department.',
    none: 'Not a system of the city; no duty to report.',
    done: 'The fake page is gone. Thank you for your report.',
    doneOther: 'Halaman palsu itu sudah diturunkan. Terima kasih atas laporan Anda.',
    stands: 'Done',
    standsOther: 'Selesai',
  },
};

export async function run(world) {
  const language = process.env.STORY_LANGUAGE;
  const other = language === 'id' ? 'en' : 'id';
  const desk = openDesk(world, language, pointingHand());
  const { page, target, settled, t, hand, dialog, button, shot, get } = desk;
  const told = TOLD[language];
  const test = chapters(world, language);
  const citizens = await openCitizens(target.url);
  const sari = await citizens.person(language);
  const budi = await citizens.person(other);
  let first = {};
  let second = {};
  let number = '';
  let id = '';
  let steps;

  await test('two citizens report the same page, one with a file and a name', async () => {
    first = await sari.report({
      what: 'impersonation',
      where: HOST,
      story: told.first,
      files: [PICTURE],
      identity: 'confidential',
      contact: { name: 'Sari', email: 'sari@warga.example' },
    });
    second = await budi.report({
      what: 'impersonation',
      where: HOST,
      story: TOLD[other].second,
      identity: 'anonymous',
    });
    assert.match(first.number, /^LPR-\w{4}-\w{4}$/);
    assert.match(first.code, /^\d{4}( \d{4}){3}$/);
  });

  await test('both wait in the queue; the page of one names the other, and why', async () => {
    await desk.enter();
    await desk.queue(t.reports.title);
    assert.equal(await page.locator('tr[data-id]').count(), 2);
    await shot('phishing-queue');
    await desk.openRow(first.number);
    const similar = page.locator('section[aria-labelledby=similar]');
    await similar.getByText(second.number).waitFor();
    assert.match(await similar.innerText(), new RegExp(t.reports.marks.host));
    assert.match(await page.locator('main').innerText(), /tangkapan-layar\.png/);
    await shot('phishing-report');
  });

  await test('the reporter is told, with the three first steps', async () => {
    const preview = await page.locator('.preview').innerText();
    for (const step of [1, 2, 3]) assert.match(preview, new RegExp(`^${step}\\. `, 'm'));
    await hand.press(button(t.reports.acknowledge));
    await button(t.reports.sendAnswer).waitFor();
    await sari.follow(first);
    assert.equal(flat((await sari.talk()).at(-1)).includes(flat(preview)), true);
    await sari.shot('acknowledged');
  });

  await test('both go into one case; whoever was not told stays in the queue until they are', async () => {
    number = await desk.intoCase();
    await desk.queue(t.reports.title);
    assert.equal(await desk.row(first.number).count(), 0, 'told and in a case: out of the queue');
    await desk.openRow(second.number);
    assert.equal(await desk.intoCase(number), number);
    await desk.queue(t.reports.title);
    await desk.row(second.number).filter({ hasText: t.queue.untold }).waitFor();
    await shot('phishing-untold');
    await desk.openRow(second.number);
    await hand.press(button(t.reports.acknowledge));
    await button(t.reports.sendAnswer).waitFor();
    await desk.queue(t.reports.title);
    assert.equal(await page.locator('tr[data-id]').count(), 0);
    ({ id } = await get(`/cases/${number}`));
    assert.equal(await total(get, 'reports', `case:${id}`), 2);
  });

  await test('the case knows since when, and what both wrote about', async () => {
    await page.goto(`${target.url}/app/reports/${first.number}`);
    await settled();
    await desk.followCase();
    steps = desk.at(number);
    const reports = await get(`/reports?q=${encodeURIComponent(`case:${id}`)}`);
    const earliest = reports.items.map((each) => each.received_at).sort()[0];
    const { milestones } = await steps.read();
    assert.equal(milestones.find((each) => each.name === 'first_alert').at, earliest);
    await steps.tab('5');
    const seen = await page.locator('main .rows').innerText();
    assert.match(seen, /bayar-pajak-kota\[\.\]example/);
    await shot('phishing-observables');
  });

  await test('it gets its name, class and priority, and the tasks of the playbook', async () => {
    await steps.tab('1');
    await page.keyboard.press('e');
    await hand.write(page.locator('main [name=title]'), told.title);
    await hand.write(page.locator('main [name=organisation]'), told.organisation);
    await hand.press(page.locator('main form button.primary').first());
    await page.locator('h1').filter({ hasText: told.title }).waitFor();
    await settled();
    await steps.assess({ impact: 2, urgency: 2, kind: CLASS });
    await steps.applyPlaybook('phishing');
    const { tasks } = await steps.read();
    assert.equal(await page.locator('main li select').count(), tasks);
    await shot('phishing-tasks');
  });

  await test('the page is kept as evidence, the takedown asked for', async () => {
    await steps.keepEvidence(CAPTURE, {
      kind: 'page_capture',
      description: LINK,
      source: HOST,
    });
    const hash = createHash('sha256').update(CAPTURE.buffer).digest('hex');
    assert.equal(await page.locator('main li code').first().innerText(), hash);
    await steps.declare();
    await steps.moveTo('confirmed');
    await steps.moveTo('containment');
    await steps.note('action', told.action);
    assert.doesNotMatch(await page.locator('main').innerText(), /https:/, 'shown harmless');
    await shot('phishing-timeline');
  });

  await test('the reporter is asked, answers with a file, and is back in the queue', async () => {
    await page.goto(`${target.url}/app/reports/${first.number}`);
    await settled();
    await hand.write(page.getByLabel(t.reports.answerText, { exact: true }), told.question);
    await hand.press(button(t.reports.sendAnswer));
    await page.locator('.talk').getByText(told.question).waitFor();
    await sari.follow(first);
    assert.ok((await sari.talk()).at(-1).includes(told.question));
    await sari.say(told.reply, { ...PICTURE, name: 'pesan-asli.png' });
    await sari.shot('answered');
    await desk.queue(t.reports.title);
    await desk.row(first.number).filter({ hasText: t.queue.wroteAgain }).waitFor();
    await desk.openRow(first.number);
    await page.locator('.talk').getByText(told.reply).waitFor();
    assert.match(await page.locator('main').innerText(), /pesan-asli\.png/);
    await hand.write(page.getByLabel(t.reports.answerText, { exact: true }), told.thanks);
    await hand.press(button(t.reports.sendAnswer));
    await page.locator('.talk').getByText(told.thanks).waitFor();
    await desk.queue(t.reports.title);
    assert.equal(await desk.row(first.number).count(), 0);
  });

  await test('the tasks are done, stage by stage', async () => {
    await page.goto(`${target.url}/app/reports/${first.number}`);
    await settled();
    await desk.followCase();
    const done = await steps.workTasks();
    const { tasks, tasks_open } = await steps.read();
    assert.deepEqual([done, tasks_open], [tasks, 0]);
    assert.match(
      await page.locator('.tabs a').nth(1).innerText(),
      new RegExp(`${done}/${tasks}`),
      'the tab counts them',
    );
    for (const stage of ['eradication', 'recovery', 'verification', 'reporting'])
      await steps.moveTo(stage);
    await shot('phishing-case');
  });

  await test('the wizard names what is missing, then all reporters are told, then it closes', async () => {
    const missing = await steps.missing();
    assert.equal(missing.length, (await steps.read()).missing.length);
    assert.ok(missing.length >= 7, missing.join('; '));
    await steps.write(told.fields, 'resolved');
    await steps.setTime('internal_notified', { at: localMinute(Date.now()), note: told.internal });
    await steps.setTime('regulator_notified', { notApplicable: true, note: told.none });
    await steps.tab('6');
    await hand.press(button(t.desk.inform));
    await hand.write(
      dialog.locator('[name=news_id]'),
      language === 'id' ? told.done : told.doneOther,
    );
    await hand.write(
      dialog.locator('[name=news_en]'),
      language === 'en' ? told.done : told.doneOther,
    );
    await hand.pick(dialog.locator('select'), 'done');
    await shot('phishing-inform');
    await hand.press(dialog.locator('button.primary'));
    await page
      .locator('.box.shown')
      .filter({ hasText: t.desk.informed('2') })
      .waitFor();
    await steps.close();
    await shot('phishing-closed');
  });

  await test('each reporter reads the news in their own language', async () => {
    for (const [person, report, news, stands] of [
      [sari, first, told.done, told.stands],
      [budi, second, told.doneOther, told.standsOther],
    ]) {
      await person.follow(report);
      assert.ok((await person.talk()).at(-1).includes(news));
      assert.equal(await person.stands(), stands);
    }
    await sari.follow(first);
    await sari.help('yes');
    await sari.shot('helped');
    await budi.help('partly');
    await page.goto(`${target.url}/app/reports/${second.number}`);
    await settled();
    await page.locator('main').getByText(t.queue.helped.partly, { exact: true }).waitFor();
    assert.equal(await total(get, 'reports', 'helped:yes'), 1);
    await page.goto(`${target.url}/app/cases/${number}`);
    await settled();
  });

  await test('the seven times agree on page and in the API, the PDF tells the case', async () => {
    await steps.tab('1');
    const subject = await steps.read();
    await compareTimes(page, subject, language);
    const document = await steps.print();
    const text = await comparePrintedCase(page, document, subject, {
      language,
      alerts: 0,
      reports: 2,
    });
    const hash = createHash('sha256').update(CAPTURE.buffer).digest('hex');
    assert.ok(text.replace(/\s/g, '').includes(hash), 'the evidence by its hash');
    assert.ok(flat(text).includes(told.action.split(' ').slice(0, 3).join(' ')), 'the timeline');
    assert.ok(!text.includes('sari@warga.example'), 'nobody who reported is named');
  });

  await test('the figures count one incident and two reports, and lists agree', async () => {
    const statistics = await figuresShown(page, () => page.goto(`${target.url}/app/stats`));
    await settled();
    const value = (id) =>
      [...statistics.ladder, ...statistics.figures].find((each) => each.id === id).value;
    assert.deepEqual(
      ['incidents', 'cases', 'cases_ended', 'reports', 'reports_acknowledged'].map(value),
      [1, 1, 1, 2, 2],
    );
    await compareWithPage(page, statistics, language);
    await compareWithLists(page, statistics, 10);
    await shot('phishing-figures');
  });
  await citizens.close();
}

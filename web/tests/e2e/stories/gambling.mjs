// J3, hidden gambling pages on a department's site: visitors and crawlers find them in the access
// log, all of it becomes one case with the playbook for it, citizens are warned, the case is closed
// and the month's figures count it, on page, in the lists and in the printed report.
import assert from 'node:assert/strict';
import {
  compareWithLists,
  compareWithPage,
  compareWithPdf,
  figuresShown,
  freeze,
  textOf,
} from '../figures.mjs';
import { comparePrintedCase, compareTimes, total } from './compare.mjs';
import { openCitizens } from './citizen.mjs';
import { chapters, openDesk, printed } from './desk.mjs';
import { pointingHand } from './hand.mjs';
import { accessTime, drained, ingest, localMinute } from './inputs.mjs';

const SENSOR = 'web-dinkes';
const SITE = 'dinkes.kota.example';
const INTRUDER = '203.0.113.66';
const CRAWLER = '198.51.100.20';
const VISITORS = 8;
const READERS = 240;
const MINUTE = 60_000;
const ATTACK = 51 * MINUTE; // from its first request to the start of this story
const localDay = (at) => localMinute(at).slice(0, 10);
const CLASS = 'information-content-security/unauthorised-information-modification';
const BROWSER =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

const TOLD = {
  id: {
    found: 'Halaman judi tersembunyi dikunjungi dari mesin pencari',
    owner: 'Dinas Kesehatan',
    title: 'Halaman judi tersembunyi di situs Dinas Kesehatan',
    action: 'Situs dialihkan ke halaman pemeliharaan, unggahan ditutup.',
    malicious: 'POST pertama ke kop-surat.php di log akses.',
    fields: {
      summary: 'Halaman judi disisipkan dan terdaftar di mesin pencari.',
      cause: 'Plugin unggah yang usang menerima berkas PHP.',
      impact: 'Pengunjung dari mesin pencari melihat iklan judi di situs dinas.',
      measures: 'Shell dihapus, plugin diperbarui, indeks dimintakan hapus.',
      lessons: 'Folder unggahan tidak boleh menjalankan skrip.',
    },
    internal: 'Agen siber Dinas Kesehatan dihubungi.',
    none: 'Bukan IIV dan tidak ada data pribadi; tidak wajib lapor.',
  },
  en: {
    found: 'Hidden gambling page is visited from a search engine',
    owner: 'Health Department',
    title: 'Hidden gambling pages on the site of the Health Department',
    action: 'The site shows a maintenance page, uploads are closed.',
    malicious: 'First POST to kop-surat.php in the access log.',
    fields: {
      summary: 'Gambling pages were put into the site and are listed by search engines.',
      cause: 'An outdated upload plugin took PHP files.',
      impact: 'Visitors from search engines saw gambling ads on the department’s site.',
      measures: 'The shell was removed, the plugin updated, removal from the index asked for.',
      lessons: 'The upload folder must not run scripts.',
    },
    internal: 'The department’s contact was called.',
    none: 'No vital system and no personal data; no duty to report.',
  },
};
const WARNING = {
  id: {
    title: 'Waspada halaman judi di situs pemerintah',
    summary: 'Halaman judi sempat disisipkan di satu situs dinas. Halaman itu sudah dihapus.',
    affected: 'Pengunjung situs Dinas Kesehatan',
    actions: 'Jangan isi data di halaman judi.\nLaporkan kepada kami bila melihatnya lagi.',
  },
  en: {
    title: 'Beware of gambling pages on government sites',
    summary: 'Gambling pages were put into one department’s site. They have been removed.',
    affected: 'Visitors of the Health Department’s site',
    actions: 'Do not enter data on a gambling page.\nReport it to us if you see it again.',
  },
};

const line = (at, address, request, status, { referrer = '-', agent = BROWSER } = {}) =>
  `${SITE}:443 ${address} - - [${accessTime(at)}] "${request} HTTP/1.1" ${status} 2048 "${referrer}" "${agent}"`;

/** People who read the news of the site. */
const readers = (end) =>
  Array.from({ length: READERS }, (_, n) =>
    line(end - (READERS - n) * 20_000, `198.51.100.${100 + (n % 100)}`, `GET /berita/${n}`, 200),
  );

/** A script is uploaded and used; then a crawler and visitors get the pages that it serves. */
function intrusion(end) {
  const lines = [
    line(end - 50 * MINUTE, INTRUDER, 'POST /wp-content/uploads/2026/kop-surat.php', 200),
    line(end - 49 * MINUTE, INTRUDER, 'GET /wp-content/uploads/2026/kop-surat.php?cmd=id', 200),
  ];
  for (let n = 0; n < 6; n += 1) {
    const page = `GET /slot-gacor/maxwin-${n}`;
    lines.push(line(end - (40 - n) * MINUTE, CRAWLER, page, 200, { agent: GOOGLEBOT }));
  }
  for (let n = 0; n < VISITORS; n += 1) {
    const page = `GET /slot-gacor/maxwin-${n % 6}`;
    const referrer = 'https://www.google.com/';
    lines.push(line(end - (30 - n) * MINUTE, `203.0.113.${10 + n}`, page, 200, { referrer }));
  }
  return lines;
}

export async function run(world) {
  const language = process.env.STORY_LANGUAGE;
  const { page, target, settled } = world;
  const desk = openDesk(world, language, pointingHand());
  const { hand, key, t, shot, get, dialog, button } = desk;
  const told = TOLD[language];
  const test = chapters(world, language);
  const now = Date.now();
  const quiet = readers(now - MINUTE);
  const bad = intrusion(now - MINUTE);
  let found = [];
  let number = '';
  let steps;

  await test('the site sends its log; its owner is named before anything happens', async () => {
    await ingest(target, SENSOR, quiet);
    await drained(target, quiet.length);
    await desk.enter();
    await desk.go('s', '/app/sensors');
    await hand.press(page.locator('tbody .act button').first());
    await hand.write(dialog.locator('input[name=owner]'), told.owner);
    await hand.press(dialog.locator('button.primary'));
    await page.locator('tbody').getByText(told.owner).waitFor();
    assert.equal(await total(get, 'triage', ''), 0, 'who reads news is no alert');
  });

  await test('visitors from a search engine see gambling pages: a critical alert each', async () => {
    await ingest(target, SENSOR, bad);
    const ledger = await drained(target, quiet.length + bad.length);
    assert.equal(ledger.stored, quiet.length + bad.length);
    await desk.queue();
    const { items } = await get(`/triage?limit=50&q=${encodeURIComponent('technique:T1491')}`);
    const visits = items.filter((each) => each.severity === 'critical');
    assert.equal(visits.length, VISITORS);
    for (const each of visits) {
      assert.equal(language === 'id' ? each.title_id : each.title, told.found);
      assert.deepEqual([each.outcome, each.organisation], ['succeeded', told.owner]);
    }
    found = (await get('/triage?limit=50&q=')).items;
    assert.ok(found.length > VISITORS, 'the crawler and the intruder are there, too');
    await shot('gambling-queue');
  });

  await test('the page of one shows the request that gave it away', async () => {
    await desk.openRow(told.found);
    assert.match(await page.locator('main').innerText(), /slot-gacor/);
    await shot('gambling-alert');
    await desk.queue();
  });

  await test('all of it goes into one case', async () => {
    await page.locator('[data-row]').first().waitFor();
    await key('*', 'a');
    await page.locator('.bulk').waitFor();
    number = await desk.intoCase();
    assert.equal(await total(get, 'triage', `case:${number}`), found.length);
    assert.equal(await total(get, 'triage', 'is:open'), 0);
    await desk.openCase();
    steps = desk.at(number);
    const subject = await steps.read();
    assert.equal(subject.organisation, told.owner, 'whose site it is, from the alerts');
    assert.equal(subject.alerts, found.length);
    await steps.tab('6');
    assert.equal(await page.locator('main li:has(a[href*="/alerts/ALR-"])').count(), found.length);
    await shot('gambling-case-alerts');
  });

  await test('the playbook for gambling pages is applied, and says: keep before you clean', async () => {
    await steps.tab('1');
    await key('e');
    await hand.write(page.locator('main [name=title]'), told.title);
    await hand.press(page.locator('main form button.primary').first());
    await page.locator('h1').filter({ hasText: told.title }).waitFor();
    await settled();
    await steps.assess({ impact: 3, urgency: 2, kind: CLASS });
    await steps.applyPlaybook('web_defacement');
    const first = await page.locator('main li:has(select)').first().innerText();
    assert.match(first, language === 'id' ? /Amankan bukti/ : /Preserve evidence/);
    await steps.keepEvidence(
      { name: 'access.log', mimeType: 'text/plain', buffer: Buffer.from(bad.join('\n')) },
      { kind: 'log', description: SITE, source: SITE },
    );
    await shot('gambling-tasks');
  });

  await test('the first access is found in the logs and dates the intrusion', async () => {
    await desk.go('e', '/app/events');
    await key('/', 'Control+a');
    await page.keyboard.type('http.request.method:POST kop-surat');
    await key('Enter');
    await page.waitForURL(/kop-surat/);
    await settled();
    const seen = await get(
      `/events?limit=5&q=${encodeURIComponent('http.request.method:POST kop-surat')}`,
    );
    assert.equal(seen.total.value, 1);
    assert.equal(await page.locator('[data-row]').count(), 1);
    await shot('gambling-search');
    const at = new Date(seen.items[0]['@timestamp']).getTime();
    await desk.openCase();
    await steps.setTime('first_malicious', { at: localMinute(at), note: told.malicious });
  });

  await test('it is declared, contained, worked and verified', async () => {
    await steps.declare();
    await steps.moveTo('confirmed');
    await steps.moveTo('containment');
    await steps.note('action', told.action);
    await steps.workTasks();
    for (const stage of ['eradication', 'recovery', 'verification', 'reporting'])
      await steps.moveTo(stage);
    assert.equal((await steps.read()).tasks_open, 0);
  });

  await test('citizens are warned in both languages', async () => {
    await desk.go('a', '/app/advisories');
    await hand.press(button(t.advisories.add));
    for (const each of ['id', 'en'])
      for (const [name, text] of Object.entries(WARNING[each]))
        await hand.write(dialog.locator(`[name=${name}_${each}]`), text);
    await shot('gambling-advisory');
    await hand.press(dialog.locator('button.primary'));
    const item = page.locator('main li').filter({ hasText: WARNING[language].title });
    await hand.press(item.getByRole('button', { name: t.advisories.publish }));
    await hand.press(dialog.locator('button.primary'));
    await item.getByText(t.advisories.states.published, { exact: true }).waitFor();
    const citizens = await openCitizens(target.url);
    for (const each of ['id', 'en']) {
      const reader = await citizens.person(each);
      await reader.go('/imbauan');
      await reader.page.getByRole('link', { name: WARNING[each].title }).click();
      const said = await reader.page.locator('main').innerText();
      for (const text of Object.values(WARNING[each]))
        for (const part of text.split('\n')) assert.ok(said.includes(part), part);
      await reader.shot('advisory');
    }
    await citizens.close();
  });

  await test('the case is closed', async () => {
    await desk.openCase();
    await steps.write(told.fields, 'resolved');
    await steps.setTime('internal_notified', { at: localMinute(Date.now()), note: told.internal });
    const { duties } = await steps.read();
    for (let duty = 0; duty < duties.length; duty += 1) await steps.fulfilDuty('800/124/TTIS/2026');
    if (duties.length === 0)
      await steps.setTime('regulator_notified', { notApplicable: true, note: told.none });
    await steps.close();
    await steps.tab('1');
    const subject = await steps.read();
    await compareTimes(page, subject, language);
    await comparePrintedCase(page, await steps.print(), subject, {
      language,
      alerts: found.length,
      reports: 0,
    });
    await shot('gambling-closed');
  });

  await test('the month counts it: page, lists and the printed report agree', async () => {
    const month = await figuresShown(page, () => desk.go('f', '/app/stats'));
    await settled();
    // In its first minutes a month holds only a part of the attack: then the two days are counted.
    const began = localDay(now - ATTACK);
    const within = began.startsWith(month.period);
    const period = within ? month.period : `${began}..${localDay(Date.now())}`;
    const open = () => page.goto(`${target.url}/app/stats?period=${period}`);
    const live = within ? month : await figuresShown(page, open);
    await settled();
    const split = (id, value) =>
      live.breakdowns.find((each) => each.id === id).rows.find((row) => row.value === value)?.count;
    assert.equal(split('organisation', told.owner), found.length);
    assert.equal(split('case_organisation', told.owner), 1);
    assert.equal(split('case_class', CLASS), 1);
    await compareWithPage(page, live, language);
    await compareWithLists(page, live, 10);
    const publication = await freeze(page, target, settled, period, '');
    await hand.press(page.locator('.makers button').nth(language === 'id' ? 0 : 1));
    await printed(page);
    const { statistics, documents } = await get(`/publications/${publication}`);
    const value = (id) => statistics.ladder.find((each) => each.id === id).value;
    assert.deepEqual(['attempts', 'incidents'].map(value), [found.length, 1]);
    await compareWithPage(page, statistics, language);
    const file = `/api/v1/documents/${documents[0].id}/file`;
    compareWithPdf(await textOf(page, file), statistics, language);
    await shot('gambling-publication');
  });
}

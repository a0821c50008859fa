'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const WORDS = {
  id: { title: 'Hasil perburuan', made: 'Dibuat', files: 'berkas', records: 'catatan', events: 'peristiwa', quarantined: 'dikarantina', unreadable: 'tidak terbaca',
    rules: 'aturan dimuat', findings: 'temuan', over: 'Temuan sepanjang waktu', step: 'Setiap batang mencakup', tactics: 'Taktik ATT&CK', hosts: 'Host teratas', users: 'Pengguna teratas',
    addresses: 'Alamat sumber teratas', byrule: 'Aturan', rule: 'Aturan', level: 'Tingkat', count: 'Jumlah', first: 'Pertama', last: 'Terakhir', author: 'Penulis', technique: 'Teknik',
    table: 'Semua temuan', time: 'Waktu (UTC)', host: 'Host', user: 'Pengguna', address: 'Alamat sumber', where: 'Berkas dan catatan', why: 'Alasan', search: 'Cari teks', all: 'semua',
    from: 'Dari (UTC)', to: 'Sampai (UTC)', prev: 'Sebelumnya', next: 'Berikutnya', shown: '{a}–{b} dari {n} temuan', none: 'Tidak ada temuan.', cut: 'Yang dimuat di halaman ini {a} temuan terberat dari {n}.',
    tamper: 'Tanda perusakan log', asTable: 'Lihat sebagai tabel', other: 'English', more: 'dan lainnya', name: 'Nama', clear: 'Hapus saringan', license: 'lisensi',
    note: 'Satu aturan yang cocok adalah deteksi, bukan insiden.', levels: ['info', 'rendah', 'sedang', 'tinggi', 'kritis'] },
  en: { title: 'Hunt results', made: 'Made', files: 'files', records: 'records', events: 'events', quarantined: 'quarantined', unreadable: 'unreadable',
    rules: 'rules loaded', findings: 'findings', over: 'Findings over time', step: 'Each bar covers', tactics: 'ATT&CK tactics', hosts: 'Top hosts', users: 'Top users',
    addresses: 'Top source addresses', byrule: 'Rules', rule: 'Rule', level: 'Level', count: 'Count', first: 'First', last: 'Last', author: 'Author', technique: 'Technique',
    table: 'All findings', time: 'Time (UTC)', host: 'Host', user: 'User', address: 'Source address', where: 'File and record', why: 'Why', search: 'Search text', all: 'all',
    from: 'From (UTC)', to: 'To (UTC)', prev: 'Previous', next: 'Next', shown: '{a}–{b} of {n} findings', none: 'Nothing was found.', cut: 'This page holds the {a} gravest of {n} findings.',
    tamper: 'Signs of tampering with logs', asTable: 'Show as a table', other: 'Bahasa Indonesia', more: 'and more', name: 'Name', clear: 'Clear filters', license: 'licence',
    note: 'A rule that matches is a detection, not an incident.', levels: ['informational', 'low', 'medium', 'high', 'critical'] },
};
const PAGE = 100;
let language = (navigator.language || 'id').toLowerCase().startsWith('en') ? 'en' : 'id';
let filter = { text: '', level: '', rule: '', from: '', to: '' };
let page = 0;
const w = (key) => WORDS[language][key];
const number = (n) => n.toLocaleString(language === 'id' ? 'id-ID' : 'en-GB');
const time = (ms) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
const say = (key, values) => w(key).replace(/\{(\w)\}/g, (_, name) => number(values[name]));
const title = (rule) => (language === 'id' && rule.title_id) || rule.title;

// Every text reaches the page here, as text.
function make(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
  for (const child of children) if (child !== null && child !== undefined) node.append(child);
  return node;
}
function shape(name, attributes, label) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (label) { const said = document.createElementNS('http://www.w3.org/2000/svg', 'title'); said.textContent = label; node.append(said); }
  return node;
}
const level = (n) => make('span', { class: 'level s' + n }, w('levels')[n]);
function table(heads, rows, caption) {
  const head = make('tr', {}, ...heads.map(([text, kind]) => make('th', { scope: 'col', class: kind || '' }, text)));
  const body = make('tbody', {}, ...rows.map((cells) => make('tr', {}, ...cells.map((cell, i) => make('td', { class: heads[i][1] || '' }, cell)))));
  return make('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': caption }, make('table', {}, make('thead', {}, head), body));
}
function duration(s) {
  const units = language === 'id' ? ['detik', 'menit', 'jam', 'hari'] : ['s', 'min', 'h', 'days'];
  if (s < 60) return number(s) + ' ' + units[0];
  if (s < 3600) return number(Math.round(s / 60)) + ' ' + units[1];
  return s < 172800 ? number(Math.round(s / 360) / 10) + ' ' + units[2] : number(Math.round(s / 8640) / 10) + ' ' + units[3];
}
function chart() {
  const steps = data.steps;
  if (!steps.length) return [];
  const sum = (step) => step[1].reduce((a, b) => a + b, 0);
  const top = Math.max(...steps.map(sum));
  const svg = shape('svg', { class: 'chart', viewBox: `0 0 ${steps.length} 100`, preserveAspectRatio: 'none', role: 'img', 'aria-label': w('over') });
  steps.forEach((step, x) => {
    let y = 100;
    step[1].forEach((count, n) => {
      const height = count / top * 96;
      if (count) svg.append(shape('rect', { class: 's' + n, x: x + .05, y: y - height, width: .9, height }, `${time(step[0])} · ${w('levels')[n]}: ${number(count)}`));
      y -= height;
    });
  });
  const rows = steps.filter(sum).map((step) => [time(step[0]), ...step[1].map(number)]);
  return [make('h2', {}, w('over')), svg,
    make('p', { class: 'dim' }, `${time(steps[0][0])} … ${time(steps[steps.length - 1][0] + data.width_s * 1000)} · ${w('step')} ${duration(data.width_s)}`),
    make('details', {}, make('summary', {}, w('asTable')), table([[w('time'), 't'], ...w('levels').map((name) => [name, 'n'])], rows, w('over')))];
}
function ranking(key, rows, name) {
  if (!rows.length) return null;
  const top = Math.max(...rows.map((row) => row[1]));
  const bar = (count) => { const svg = shape('svg', { class: 'bar', viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' });
    svg.append(shape('rect', { width: count / top * 100, height: 10 })); return svg; };
  return make('section', {}, make('h2', {}, w(key)),
    table([[name || w('name')], [w('count'), 'n'], ['']], rows.map((row) => [row[0], number(row[1]), bar(row[1])]), w(key)));
}
function rules() {
  if (!data.rules.length) return [];
  const rows = data.rules.map((rule) => [level(rule.level), number(rule.n), title(rule), rule.techniques.join(', '),
    rule.hosts.join(', ') + (rule.more_hosts ? ', ' + w('more') : ''), time(rule.first), time(rule.last), rule.author + (rule.license ? ` (${rule.license})` : '')]);
  return [make('h2', {}, w('byrule')), table([[w('level')], [w('count'), 'n'], [w('rule')], [w('technique')], [w('host')], [w('first'), 't'], [w('last'), 't'], [w('author')]], rows, w('byrule'))];
}
const finding = (row, all) => { const rule = all[row[1]];
  return [time(row[0]), level(rule.level), title(rule), row[2], row[3], row[4], `${data.files[row[5]]}:${row[6]}`, row[7]]; };
const heads = () => [[w('time'), 't'], [w('level')], [w('rule')], [w('host')], [w('user')], [w('address')], [w('where')], [w('why'), 'd']];
function matching() {
  const text = filter.text.toLowerCase();
  const from = filter.from ? Date.parse(filter.from + 'Z') : -Infinity;
  const to = filter.to ? Date.parse(filter.to + 'Z') : Infinity;
  return data.findings.filter((row) => {
    const rule = data.rules[row[1]];
    return (filter.level === '' || rule.level >= Number(filter.level)) && (filter.rule === '' || row[1] === Number(filter.rule)) && row[0] >= from && row[0] <= to &&
      (text === '' || [rule.title, rule.title_id, row[2], row[3], row[4], data.files[row[5]], row[7]].join('\n').toLowerCase().includes(text));
  });
}
function list() {
  const rows = matching();
  page = Math.max(0, Math.min(page, Math.ceil(rows.length / PAGE) - 1));
  const begin = page * PAGE, end = Math.min(rows.length, begin + PAGE);
  const go = (by, key, off) => { const button = make('button', { type: 'button', id: 'go-' + key }, w(key)); button.disabled = off;
    button.addEventListener('click', () => { page += by; draw_list('go-' + key); }); return button; };
  return [make('nav', { 'aria-label': w('table') }, go(-1, 'prev', page === 0), go(1, 'next', end >= rows.length),
      make('span', { role: 'status' }, rows.length ? say('shown', { a: begin + 1, b: end, n: rows.length }) : w('none'))),
    rows.length ? table(heads(), rows.slice(begin, end).map((row) => finding(row, data.rules)), w('table')) : null];
}
function draw_list(focus) {
  document.getElementById('list').replaceChildren(...list().filter(Boolean));
  const node = focus && document.getElementById(focus);
  if (node && !node.disabled) node.focus();
}
function filters() {
  const field = (key, control) => { control.value = filter[key];
    control.addEventListener('input', () => { filter[key] = control.value; page = 0; draw_list(); }); return control; };
  const option = (value, text) => make('option', { value }, text);
  const form = make('form', { role: 'search' },
    make('label', {}, w('search'), field('text', make('input', { type: 'search', id: 'f-text' }))),
    make('label', {}, w('level'), field('level', make('select', { id: 'f-level' }, option('', w('all')), ...w('levels').map((name, n) => option(n, '≥ ' + name))))),
    make('label', {}, w('rule'), field('rule', make('select', { id: 'f-rule' }, option('', w('all')), ...data.rules.map((rule, n) => option(n, title(rule)))))),
    make('label', {}, w('from'), field('from', make('input', { type: 'datetime-local', step: '1' }))),
    make('label', {}, w('to'), field('to', make('input', { type: 'datetime-local', step: '1' }))));
  form.addEventListener('submit', (event) => event.preventDefault());
  const clear = make('button', { type: 'button' }, w('clear'));
  clear.addEventListener('click', () => { filter = { text: '', level: '', rule: '', from: '', to: '' }; page = 0; draw(); });
  return make('div', {}, form, clear);
}
function draw() {
  document.documentElement.lang = language;
  document.title = w('title') + ' · Tanggap';
  const swap = make('button', { type: 'button', id: 'language', lang: language === 'id' ? 'en' : 'id' }, w('other'));
  swap.addEventListener('click', () => { language = language === 'id' ? 'en' : 'id'; draw(); document.getElementById('language').focus(); });
  const facts = data.facts;
  const count = (key) => make('li', {}, make('b', {}, number(facts[key])), w(key));
  const levels = [4, 3, 2, 1, 0].map((n) => make('li', {}, make('b', {}, number(data.levels[n])), level(n)));
  const tactics = data.tactics.map(([name, n]) => [name, n]);
  document.getElementById('page').replaceChildren(
    make('header', {}, make('div', {}, make('h1', {}, w('title')), make('p', { class: 'dim' }, `${w('made')} ${time(facts.made)} UTC · Tanggap. ${w('note')}`)), swap),
    make('main', {}, ...[make('ul', { class: 'counts' }, count('findings'), ...levels),
      make('ul', { class: 'counts' }, ...['files', 'records', 'events', 'quarantined', 'unreadable', 'rules'].map(count)),
      ...chart(),
      make('div', { class: 'columns' }, ranking('tactics', tactics), ranking('hosts', data.hosts, w('host')), ranking('users', data.users, w('user')), ranking('addresses', data.addresses, w('address'))),
      ...(data.signs.length ? [make('h2', {}, w('tamper')), table(heads(), data.signs.map((row) => finding(row, data.sign_rules)), w('tamper'))] : []),
      ...rules(), make('h2', {}, w('table')),
      data.findings.length < facts.findings ? make('p', {}, say('cut', { a: data.findings.length, n: facts.findings })) : null,
      filters(), make('div', { id: 'list' }, ...list().filter(Boolean))].filter(Boolean)));
}
draw();

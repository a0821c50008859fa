// A made-up city for development and tests: documentation addresses, .example names, fixed seed.

/** A small generator of pseudo-random numbers (mulberry32): the same seed, the same city. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const weights = { informational: 0.1, low: 0.25, medium: 0.5, high: 0.75, critical: 1 };
const outcomeWeights = { succeeded: 1, unknown: 0.8, failed: 0.5, blocked: 0.4 };
const assetWeights = { 1: 0.6, 2: 0.8, 3: 1 };

const assets = [
  { id: 'web-dinkes', name: 'Portal Dinas Kesehatan', organisation: 'Dinas Kesehatan', value: 3 },
  { id: 'ppdb', name: 'Pendaftaran sekolah', organisation: 'Dinas Pendidikan', value: 2 },
  { id: 'vpn-1', name: 'Gerbang VPN', organisation: 'Diskominfo', value: 3 },
  { id: 'pajak', name: 'Pajak daerah', organisation: 'Badan Pendapatan Daerah', value: 3 },
  { id: 'arsip', name: 'Arsip statis', organisation: 'Dinas Perpustakaan dan Arsip', value: 1 },
];

export const rules = [
  [
    'web-shell-upload',
    'Web shell uploaded and answering',
    'Web shell diunggah dan menjawab',
    'critical',
    'attack.t1505.003',
    'A script file appears in an upload folder and answers a command.',
    'Berkas skrip muncul di folder unggahan dan menjawab perintah.',
  ],
  [
    'sqli-union',
    'SQL injection with UNION SELECT',
    'Injeksi SQL dengan UNION SELECT',
    'high',
    'attack.t1190',
    'A request parameter holds the words of a UNION query.',
    'Parameter permintaan memuat kata-kata kueri UNION.',
  ],
  [
    'ssh-brute-success',
    'SSH login after many failures',
    'SSH berhasil masuk setelah banyak gagal',
    'critical',
    'attack.t1110',
    'One address fails many times and then signs in.',
    'Satu alamat gagal berkali-kali lalu berhasil masuk.',
  ],
  [
    'ssh-brute',
    'SSH password guessing',
    'Penebakan kata sandi SSH',
    'medium',
    'attack.t1110',
    'Ten failures from one address within two minutes.',
    'Sepuluh kegagalan dari satu alamat dalam dua menit.',
  ],
  [
    'path-traversal',
    'Path traversal towards system files',
    'Penelusuran folder ke berkas sistem',
    'high',
    'attack.t1083',
    'The path climbs out of the site.',
    'Jalur naik keluar dari situs.',
  ],
  [
    'scanner-agent',
    'Known scanner by its user agent',
    'Pemindai dikenal dari user agent',
    'low',
    'attack.t1595',
    'The client names itself as a scanner.',
    'Klien menyebut dirinya pemindai.',
  ],
  [
    'gambling-page',
    'Hidden gambling page served',
    'Halaman judi tersembunyi disajikan',
    'high',
    'attack.t1491',
    'A page of the site answers with gambling words.',
    'Sebuah halaman situs menjawab dengan kata-kata judi.',
  ],
  [
    'ids-info',
    'Informational IDS signature',
    'Tanda tangan IDS bersifat informasi',
    'informational',
    'attack.t1071',
    'The intrusion detection reports traffic worth a note.',
    'Deteksi intrusi melaporkan lalu lintas yang patut dicatat.',
  ],
].map(([id, title, title_id, level, technique, description, description_id]) => ({
  id,
  title,
  title_id,
  level,
  status: 'stable',
  author: 'Tanggap',
  license: 'Apache-2.0',
  techniques: [technique.slice(7).toUpperCase()],
  correlation: id.startsWith('ssh'),
  overriding: id === 'scanner-agent',
  description,
  description_id,
  references: [`https://rules.example/${id}`],
  false_positives: [
    'A security test that the owner announced.',
    'A backup tool with an unusual name.',
  ],
}));

const payloads = {
  'web-shell-upload': ['POST', '/uploads/2026/cmd.php?c=id', 200],
  'sqli-union': ['GET', "/berita.php?id=-1'+UNION+SELECT+username,password+FROM+users--", 200],
  'path-traversal': ['GET', '/unduh?berkas=../../../../etc/passwd', 403],
  'scanner-agent': ['GET', '/.git/config', 404],
  'gambling-page': ['GET', '/wp-content/slot-gacor/index.html', 200],
  'ids-info': ['GET', '/', 200],
};

function makeAlert(number, pick, random, now) {
  const rule = number === 1 ? rules[0] : pick(rules.slice(1));
  const asset = number === 1 ? assets[0] : random() < 0.8 ? pick(assets) : undefined;
  const outcome =
    rule.id.includes('success') || number === 1
      ? 'succeeded'
      : pick(['unknown', 'unknown', 'failed', 'blocked']);
  const confidence = [0.6, 0.8, 0.9][Math.floor(random() * 3)];
  const value = asset?.value ?? 2;
  const factors = [
    { name: 'severity', value: rule.level, factor: weights[rule.level] },
    { name: 'asset', value: String(value), factor: assetWeights[value] },
    {
      name: 'confidence',
      value: String(number === 1 ? 0.95 : confidence),
      factor: number === 1 ? 0.95 : confidence,
    },
    { name: 'outcome', value: outcome, factor: outcomeWeights[outcome] },
  ];
  const events = number === 1 ? 7 : 1 + Math.floor(random() ** 4 * 4200);
  const last = now - Math.floor((number === 1 ? 4 : 2 + random() * 9000) * 60_000);
  const first = last - Math.floor(random() * 5_400_000) - 4000;
  const source = `203.0.113.${1 + ((number * 37) % 250)}`;
  const split = { succeeded: 0, unknown: 0, failed: 0, blocked: 0 };
  split[outcome] = Math.max(1, Math.floor(events * 0.6));
  split.failed += events - split[outcome];
  const target = asset?.id ?? 'www.kota.example';
  return {
    row: {
      id: `0193${String(number).padStart(4, '0')}-7c1e-7000-8000-000000000000`,
      number: `ALR-${number}`,
      title: rule.title,
      title_id: rule.title_id,
      severity: rule.level,
      priority: Math.round(factors.reduce((product, each) => product * each.factor, 100)),
      status: random() < 0.9 || number === 1 ? 'open' : 'closed',
      source,
      source_country: pick(['ID', 'SG', 'NL', 'US', 'VN']),
      technique: rule.techniques[0],
      target,
      asset_name: asset?.name ?? '',
      organisation: asset?.organisation ?? '',
      first_seen: new Date(first).toISOString(),
      last_seen: new Date(last).toISOString(),
      events,
      detections: events + Math.floor(events / 3),
      outcome,
      recurs_of: number % 9 === 4 ? `ALR-${Math.max(1, number - 3)}` : null,
      sensor: pick(['web-1', 'web-2', 'vpn-1']),
    },
    rule,
    factors,
    outcomes: split,
    asset: asset ?? null,
  };
}

function makeEvent(index, alert, pick, random, now) {
  const at = alert
    ? new Date(alert.row.last_seen).getTime() - index * 1700
    : now - Math.floor(random() ** 2 * 86_400_000);
  const rule = alert?.rule.id ?? '';
  const ssh = rule.startsWith('ssh') || (!alert && random() < 0.2);
  const ip = alert?.row.source ?? `198.51.100.${1 + Math.floor(random() * 40)}`;
  const common = {
    '@timestamp': new Date(at).toISOString(),
    ecs: { version: '8.17.0' },
    tanggap: {
      sensor: alert?.row.sensor ?? 'web-1',
      alerts: alert ? [Number(alert.row.number.slice(4))] : [],
      rules: alert ? [rule] : [],
    },
  };
  const id = `0193aaaa-${String(index).padStart(4, '0')}-7000-8000-${String(alert ? Number(alert.row.number.slice(4)) : 0).padStart(12, '0')}`;
  if (ssh) {
    const user = pick(['root', 'admin', 'operator']);
    const original = `Oct  3 14:05:09 vpn-1 sshd[8112]: Failed password for ${user} from ${ip} port 51022 ssh2`;
    return {
      ...common,
      event: {
        id,
        dataset: 'sshd',
        action: 'login_failed',
        outcome: 'failure',
        original,
        ingested: new Date(at + 800).toISOString(),
      },
      host: { name: 'vpn-1' },
      process: { name: 'sshd', pid: 8112 },
      user: { name: user },
      source: { ip, port: 51022, geo: { country_iso_code: 'ID' } },
      message: `Failed password for ${user} from ${ip} port 51022 ssh2`,
    };
  }
  const [method, url, status] =
    payloads[rule] ??
    pick([
      ['GET', '/', 200],
      ['GET', '/berita/vaksin', 200],
      ['GET', '/css/situs.css', 304],
      ['POST', '/masuk', 302],
    ]);
  const agent =
    rule === 'scanner-agent'
      ? 'sqlmap/1.8 (https://scanner.example)'
      : 'Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0';
  const [path, query] = url.split('?');
  return {
    ...common,
    event: {
      id,
      dataset: 'apache.access',
      outcome: status < 400 ? 'success' : 'failure',
      ingested: new Date(at + 500).toISOString(),
      original: `${ip} - - [03/Oct/2026:14:05:09 +0700] "${method} ${url} HTTP/1.1" ${status} 5316 "http://bad.example/x" "${agent}"`,
    },
    host: { name: alert?.row.target ?? 'web-dinkes' },
    source: { ip, geo: { country_iso_code: alert?.row.source_country ?? 'ID' } },
    http: {
      version: '1.1',
      request: { method, referrer: 'http://bad.example/x' },
      response: { status_code: status, body: { bytes: 5316 } },
    },
    url: { original: url, path, ...(query ? { query } : {}), domain: 'www.kota.example' },
    user_agent: { original: agent },
  };
}

export function makeCity(seed = 11) {
  const random = generator(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const now = Date.now();
  const alerts = Array.from({ length: 137 }, (_, index) => makeAlert(index + 1, pick, random, now));
  const events = alerts.flatMap((alert) =>
    Array.from({ length: Math.min(alert.row.events, 24) }, (_, index) =>
      makeEvent(index, alert, pick, random, now),
    ),
  );
  for (let index = 0; index < 900; index += 1)
    events.push(makeEvent(index, undefined, pick, random, now));
  events.sort((a, b) => (a['@timestamp'] < b['@timestamp'] ? 1 : -1));
  const quarantine = Array.from({ length: 64 }, (_, index) => {
    const reason = ['bad_json', 'binary', 'bad_format', 'oversize', 'too_deep'][index % 5];
    return {
      id: `41-${index}`,
      sensor: pick(['web-1', 'fw-1', 'win-dc1']),
      source: reason === 'bad_json' ? 'suricata_eve' : 'apache_access',
      origin: `/var/log/fw/${index}.log`,
      received: new Date(now - index * 640_000).toISOString(),
      reason,
      detail: {
        bad_json: 'byte 41: expected a value, found "}"',
        binary: 'byte 0x00 at offset 12',
        bad_format: 'no quoted request after the time',
        oversize: '3145728 bytes, the limit is 1048576',
        too_deep: 'nesting of 10000, the limit is 64',
      }[reason],
      length: reason === 'oversize' ? 3_145_728 : 40 + index * 7,
      preview:
        reason === 'binary'
          ? '\u0000\u0001PK\u0003\u202e moc.elpmaxe http://bad.example/a'
          : '{"timestamp":"2026-10-03T14:05:09","alert":{"signature":',
      sha256: reason === 'oversize' ? 'c0ffee'.repeat(10) + 'beef' : null,
    };
  });
  const sensors = [
    ['web-1', 'apache_access', 'Asia/Jakarta', 'DMZ', 'Diskominfo', 61_204, 14, 2, 'ok'],
    ['web-2', 'apache_access', 'Asia/Jakarta', 'DMZ', 'Dinas Kesehatan', 9_310, 0, 1, 'ok'],
    ['vpn-1', 'sshd', '', 'Internal', 'Diskominfo', 2_806, 0, 6, 'ok'],
    ['fw-1', '', '', '', '', 1_102, 37, 71, 'silent'],
    ['win-dc1', 'windows_json', 'Asia/Jakarta', 'Internal', 'Diskominfo', 0, 0, null, 'new'],
  ].map(([name, source, timezone, zone, owner, records, quarantined, minutes, health]) => ({
    name,
    source,
    timezone,
    zone,
    owner,
    records,
    quarantined,
    health,
    first_seen: minutes === null ? null : new Date(now - 26 * 86_400_000).toISOString(),
    last_seen: minutes === null ? null : new Date(now - minutes * 60_000).toISOString(),
  }));
  return { alerts, events, quarantine, sensors, rules };
}

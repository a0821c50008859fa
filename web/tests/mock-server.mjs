// A stand-in for the server, for development and e2e: the API with made-up data, the real page
// policy, and a door (/mock/…) that sets the scene. Never part of the product.
//
//   node tests/mock-server.mjs [PORT]     sign in with: petugas / kalimat sandi panjang / 123456
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeCity } from './mock-data.mjs';

export const CREDENTIALS = { name: 'petugas', password: 'kalimat sandi panjang', code: '123456' };
const SETUP_TOKEN = 'token-penyiapan';
const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; connect-src 'self'; " +
  "img-src 'self' data:; font-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; " +
  "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html";
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'];
const WORDS = {
  kritis: 'critical',
  tinggi: 'high',
  sedang: 'medium',
  rendah: 'low',
  terbuka: 'open',
};
const ALERT_FIELDS = [
  'number',
  'alert',
  'severity',
  'priority',
  'status',
  'rule',
  'title',
  'technique',
  'source',
  'source.ip',
  'src.ip',
  'target',
  'asset',
  'organisation',
  'outcome',
  'sensor',
  'first_seen',
  'last_seen',
  'events',
  'detections',
];

const leaf = (event, name) => name.split('.').reduce((here, part) => here?.[part], event);

/** Enough of the query language to look real: field:value, comparison, is:, minus, free text. */
function compile(q, scope) {
  const errors = [];
  const tests = [];
  for (const match of q.matchAll(/(-?)(?:([\w.@]+)(:|>=|<=|>|<))?("(?:[^"\\]|\\.)*"|[^\s]+)/g)) {
    const [whole, minus, rawField, operator, rawValue] = match;
    const text = rawValue.startsWith('"') ? rawValue.slice(1, -1).replaceAll('\\"', '"') : rawValue;
    const value = WORDS[text] ?? text;
    if (rawField && scope === 'alerts' && rawField !== 'is' && !ALERT_FIELDS.includes(rawField)) {
      const begin = Buffer.byteLength(q.slice(0, match.index + minus.length));
      errors.push({
        begin,
        end: begin + rawField.length,
        message: `unknown field ${rawField}`,
        hint: 'did you mean source?',
      });
      continue;
    }
    const field = { 'src.ip': 'source', 'source.ip': 'source' }[rawField] ?? rawField;
    const found = (row) => {
      if (scope === 'events') {
        if (!rawField) return JSON.stringify(row).toLowerCase().includes(value.toLowerCase());
        if (rawField === 'alert')
          return row.tanggap.alerts.includes(Number(value.replace('ALR-', '')));
        if (rawField === 'sensor') return row.tanggap.sensor === value;
        if (rawField === 'is') return row.tanggap.alerts.length > 0;
        return String(leaf(row, rawField === 'src.ip' ? 'source.ip' : rawField) ?? '') === value;
      }
      if (!field) return JSON.stringify(row).toLowerCase().includes(value.toLowerCase());
      if (field === 'is')
        return value === 'recurring' ? Boolean(row.recurs_of) : row.status === value;
      if (field === 'severity' && operator !== ':')
        return LEVELS.indexOf(row.severity) >= LEVELS.indexOf(value);
      if (field === 'rule') return row.rule === value || row.title === value;
      if (field === 'asset') return row.asset_name === value;
      return String(row[field]) === value;
    };
    tests.push(minus ? (row) => !found(row) : found);
    if (!whole) break;
  }
  return { errors, test: (row) => tests.every((each) => each(row)) };
}

function instant(text, now) {
  const relative = /^now(?:-(\d+)([smhd]))?$/.exec(text);
  if (relative)
    return (
      now - Number(relative[1] ?? 0) * { s: 1e3, m: 6e4, h: 36e5, d: 864e5 }[relative[2] ?? 's']
    );
  return new Date(text).getTime();
}

export function startMock(port = 0) {
  const city = makeCity();
  const scene = { setup: false, engine: true, empty: false, balanced: true, demo: true };
  const sessions = new Set();

  const rows = () =>
    scene.empty ? [] : city.alerts.map((each) => ({ ...each.row, rule: each.rule.id }));
  const problem = (status, type, title, detail, errors) => ({
    status,
    type: 'application/problem+json',
    body: {
      type: `https://tanggap.example/problems/${type}`,
      title,
      status,
      detail,
      instance: '01JBMOCK0000',
      ...(errors ? { errors } : {}),
    },
  });
  const json = (body, status = 200, headers = {}) => ({ status, body, headers });

  /** `counted`: whether the list knows its whole length, as the server's do or do not. */
  function paged(items, query, counted = true) {
    const limit = Number(query.get('limit') ?? 50);
    const start = Number(query.get('cursor') ?? 0);
    return json({
      items: items.slice(start, start + limit),
      next: start + limit < items.length ? String(start + limit) : null,
      total:
        counted || (start === 0 && items.length <= limit)
          ? { value: items.length, relation: 'eq' }
          : { value: items.slice(start, start + limit).length, relation: 'gte' },
      as_of: new Date().toISOString(),
    });
  }

  function filtered(query, scope) {
    const { errors, test } = compile(query.get('q') ?? '', scope);
    if (errors.length > 0) {
      return {
        refusal: problem(
          400,
          'invalid-query',
          'The query cannot be read',
          errors[0].message,
          errors.map((each) => ({ pointer: '/q', code: 'query', detail: each.hint })),
        ),
      };
    }
    if (scope === 'alerts') return { items: rows().filter(test) };
    const now = Date.now();
    const from = query.get('from') ? instant(query.get('from'), now) : 0;
    const to = query.get('to') ? instant(query.get('to'), now) : Infinity;
    const within = (event) => {
      const at = new Date(event['@timestamp']).getTime();
      return at >= from && at < to;
    };
    return {
      items: scene.empty ? [] : city.events.filter((event) => within(event) && test(event)),
      from,
      to,
    };
  }

  function overview() {
    const open = rows().filter((row) => row.status === 'open');
    const alerts_open = Object.fromEntries(
      LEVELS.map((level) => [level, open.filter((row) => row.severity === level).length]),
    );
    const received = scene.empty ? 0 : 74_422;
    return json({
      ladder: {
        records: received,
        events: scene.empty ? 0 : 74_000,
        detections: scene.empty ? 0 : 12_913,
        detected_events: scene.empty ? 0 : 9_204,
        alerts: rows().length,
        incidents: null,
      },
      ledger: {
        received,
        stored: scene.empty ? 0 : 74_000,
        duplicate: scene.empty ? 0 : 310,
        rejected: scene.empty ? {} : { bad_frame: 8, empty: 3 },
        quarantined: scene.empty ? 0 : 64,
        in_flight: scene.empty ? 0 : scene.balanced ? 37 : 12,
        lost_before_receipt: 0,
        balances: scene.balanced,
      },
      alerts_open,
      top_alerts: open.sort((a, b) => b.priority - a.priority).slice(0, 5),
      sensors: scene.empty ? { total: 0, silent: 0 } : { total: 5, silent: 1 },
      engine: scene.engine
        ? { available: true, reason: '', version: '26.7.3' }
        : {
            available: false,
            reason: 'libchdb.so was not found in /opt/tanggap/lib; run: tanggap doctor',
            version: '',
          },
      geo: { built_at: new Date(Date.now() - 20 * 864e5).toISOString() },
      demo: scene.demo,
    });
  }

  function alertRoute(id, rest, query) {
    const found = city.alerts.find((each) => each.row.number === id || each.row.id === id);
    if (!found || scene.empty) return problem(404, 'not-found', 'No such alert', `no alert ${id}`);
    const { row, rule } = found;
    if (rest === 'events') {
      if (!scene.engine) return engineMissing();
      return paged(
        city.events.filter((event) => event.tanggap.alerts.includes(Number(row.number.slice(4)))),
        query,
        false,
      );
    }
    if (rest === 'why') {
      const event = city.events.find((each) =>
        each.tanggap.alerts.includes(Number(row.number.slice(4))),
      );
      const reasons = rule.id.startsWith('ssh')
        ? [
            {
              selection: 'selection',
              field: 'EventAction',
              event_field: 'event.action',
              value: 'login_failed',
              pattern: 'login_failed',
            },
          ]
        : [
            {
              selection: 'selection_uri',
              field: 'cs-uri-query',
              event_field: 'url.original',
              value: event?.url?.original ?? '/',
              pattern: '*UNION*SELECT*',
            },
            {
              selection: 'selection_ref',
              field: 'cs-referer',
              event_field: 'http.request.referrer',
              value: 'http://bad.example/x\u202etxt',
              pattern: 'http://*',
            },
          ];
      return json({
        priority: row.priority,
        factors: found.factors,
        sentence: {
          id: `Aturan “${rule.title_id}” cocok pada ${row.events} peristiwa dari ${row.source} terhadap ${row.asset_name || row.target}.`,
          en: `The rule “${rule.title}” matched ${row.events} events from ${row.source} against ${row.asset_name || row.target}.`,
        },
        rules: [rule],
        reasons,
        grouping: {
          source: row.source,
          technique: row.technique,
          target: row.target,
          gap_minutes: 30,
          span_hours: 24,
        },
      });
    }
    return json({
      ...row,
      outcomes: found.outcomes,
      summary: rule.correlation ? '42 kegagalan lalu 1 keberhasilan dalam 6 menit' : '',
      asset: found.asset,
      rules: [
        {
          id: rule.id,
          title: rule.title,
          title_id: rule.title_id,
          level: rule.level,
          detections: row.detections,
        },
      ],
    });
  }

  const engineMissing = () =>
    problem(
      503,
      'engine-unavailable',
      'The event engine is not available',
      'libchdb.so was not found in /opt/tanggap/lib; run: tanggap doctor',
    );

  function count(items, value, top) {
    const counts = new Map();
    for (const item of items) {
      const key = value(item);
      if (key !== undefined && key !== '')
        counts.set(String(key), (counts.get(String(key)) ?? 0) + 1);
    }
    return [...counts]
      .sort((a, b) => b[1] - a[1])
      .slice(0, top)
      .map(([key, number]) => ({ value: key, count: number }));
  }

  function eventsRoute(rest, query) {
    if (!scene.engine) return engineMissing();
    const { items, refusal, from, to } = filtered(query, 'events');
    if (refusal) return refusal;
    if (rest === 'top') {
      const field = query.get('field');
      return json({
        field,
        values: count(items, (event) => leaf(event, field), Number(query.get('n') ?? 5)),
      });
    }
    if (rest === 'histogram') {
      const buckets = Number(query.get('buckets') ?? 60);
      const end = Number.isFinite(to) ? to : Date.now();
      const begin = from || new Date(items.at(-1)?.['@timestamp'] ?? end - 864e5).getTime();
      const seconds = Math.max(1, Math.ceil((end - begin) / 1000 / buckets));
      const counts = new Array(buckets).fill(0);
      const detected = new Array(buckets).fill(0);
      for (const event of items) {
        const index = Math.min(
          buckets - 1,
          Math.floor((new Date(event['@timestamp']).getTime() - begin) / 1000 / seconds),
        );
        counts[index] += 1;
        if (event.tanggap.alerts.length > 0) detected[index] += 1;
      }
      return json({
        from: new Date(begin).toISOString(),
        bucket_seconds: seconds,
        counts,
        detected,
      });
    }
    return paged(items, query, false);
  }

  function api(method, path, query, body, signedIn) {
    const [, first, second, third] = path.split('/');
    if (path === '/setup' && method === 'GET') return json({ needed: scene.setup });
    if (path === '/setup') {
      if (body.token !== SETUP_TOKEN)
        return problem(
          403,
          'denied',
          'The token does not match',
          'the set-up token does not match the one printed by the server',
        );
      return json(
        {
          user: { id: '1', name: body.name, roles: ['administrator'] },
          totp: {
            secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
            uri: 'otpauth://totp/Tanggap:petugas?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Tanggap',
          },
          recovery_codes: ['k4p2-9xw1', 'm7d3-1qz8', 'v0t6-5rb2', 'c8n1-7ye4'],
          api_key: 'tg_7f3a9c1e_h8Yw2LxQ5vKd9RbT1mNs4ZcG7pJf0AuE3iXo6WqB',
        },
        201,
      );
    }
    if (path === '/session' && method === 'POST') {
      const right =
        body.name === CREDENTIALS.name &&
        body.password === CREDENTIALS.password &&
        body.code === CREDENTIALS.code;
      if (!right)
        return problem(
          401,
          'unauthenticated',
          'Sign-in refused',
          'name, password or code do not match',
        );
      const token = String(Math.random()).slice(2);
      sessions.add(token);
      return json(
        { user: { id: '1', name: body.name, roles: ['administrator'] }, csrf: 'x' },
        200,
        { 'Set-Cookie': `tanggap=${token}; HttpOnly; SameSite=Lax; Path=/` },
      );
    }
    if (!signedIn) return problem(401, 'unauthenticated', 'Sign in first', '');
    if (path === '/session' && method === 'DELETE') return { status: 204, body: '', end: true };
    if (path === '/session')
      return json({
        user: { id: '1', name: CREDENTIALS.name, roles: ['administrator'] },
        scopes: ['read', 'admin'],
        version: '0.1.0',
      });
    if (path === '/overview') return overview();
    if (path === '/query/parse')
      return json({ canonical: body.q, errors: compile(body.q, body.scope).errors });
    if (first === 'alerts' && second === 'facets') {
      const { items, refusal } = filtered(query, 'alerts');
      const key = { rule: 'rule', source: 'source', target: 'target', severity: 'severity' };
      return (
        refusal ??
        json({
          fields: Object.fromEntries(
            query
              .get('fields')
              .split(',')
              .map((field) => [field, count(items, (row) => row[key[field]], 5)]),
          ),
        })
      );
    }
    if (first === 'alerts' && second) return alertRoute(decodeURIComponent(second), third, query);
    if (first === 'alerts') {
      const { items, refusal } = filtered(query, 'alerts');
      if (refusal) return refusal;
      const sort = (query.get('sort') ?? '-priority').slice(1);
      const key = (row) => (sort === 'number' ? Number(row.number.slice(4)) : row[sort]);
      return paged(
        [...items].sort((a, b) => (key(a) < key(b) ? 1 : key(a) > key(b) ? -1 : 0)),
        query,
      );
    }
    if (first === 'events') return eventsRoute(second, query);
    if (path === '/quarantine/rerun') return json({ requeued: body.ids?.length ?? 64 });
    if (first === 'quarantine') {
      const wanted = ['sensor', 'reason'].filter((name) => query.get(name));
      return paged(
        scene.empty
          ? []
          : city.quarantine.filter((entry) =>
              wanted.every((name) => entry[name] === query.get(name)),
            ),
        query,
        false,
      );
    }
    if (path === '/sensors') return paged(scene.empty ? [] : city.sensors, query);
    if (first === 'rules' && second) {
      const rule = city.rules.find((each) => each.id === decodeURIComponent(second));
      return rule ? json(rule) : problem(404, 'not-found', 'No such rule', '');
    }
    if (first === 'rules') return paged(city.rules, query);
    return problem(404, 'not-found', 'No such route', path);
  }

  function file(response, pathname) {
    const inside = normalize(decodeURIComponent(pathname.slice('/app'.length)));
    const wanted = join(DIST, inside);
    const path =
      wanted.startsWith(DIST) && existsSync(wanted) && statSync(wanted).isFile()
        ? wanted
        : join(DIST, 'index.html');
    response.writeHead(200, {
      'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
      'Content-Security-Policy': POLICY,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'same-origin',
      'Cache-Control': path.includes('/assets/')
        ? 'public, max-age=31536000, immutable'
        : 'no-cache',
    });
    createReadStream(path).pipe(response);
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://mock');
    if (url.pathname.startsWith('/app')) return file(response, url.pathname);
    if (url.pathname === '/') return response.writeHead(302, { Location: '/app/' }).end();
    let text = '';
    for await (const chunk of request) text += chunk;
    if (url.pathname === '/mock/scene') {
      Object.assign(scene, JSON.parse(text || '{}'));
      return response.writeHead(204).end();
    }
    const token = /tanggap=(\d+)/.exec(request.headers.cookie ?? '')?.[1];
    if (request.method !== 'GET' && request.headers['x-requested-with'] !== 'tanggap')
      return response.writeHead(403).end();
    const answer = api(
      request.method,
      url.pathname.replace('/api/v1', ''),
      url.searchParams,
      text ? JSON.parse(text) : {},
      sessions.has(token),
    );
    if (answer.end) sessions.delete(token);
    response.writeHead(answer.status, {
      'Content-Type': answer.type ?? 'application/json',
      'Cache-Control': 'no-store',
      ...answer.headers,
    });
    response.end(answer.status === 204 ? '' : JSON.stringify(answer.body));
  });
  return new Promise((resolve) =>
    server.listen(port, '127.0.0.1', () =>
      resolve({
        url: `http://127.0.0.1:${server.address().port}`,
        stop: () =>
          new Promise((done) => {
            server.closeAllConnections();
            server.close(done);
          }),
      }),
    ),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await startMock(Number(process.argv[2] ?? 8787));
  console.log(
    `${url}/app/  sign in: ${CREDENTIALS.name} / ${CREDENTIALS.password} / ${CREDENTIALS.code}`,
  );
}

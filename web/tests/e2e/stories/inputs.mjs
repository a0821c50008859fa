// The ways in: `tanggap import`, the syslog listener, the ingest API. And the clock of the logs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MINUTE = 60_000;
const ZONE_MS = 7 * 60 * MINUTE;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const two = (value) => String(value).padStart(2, '0');
/** The parts of a moment as clocks in Jakarta show it. */
function local(at) {
  const shifted = new Date(at + ZONE_MS);
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth(),
    day: shifted.getUTCDate(),
    clock: shifted.toISOString().slice(11, 19),
  };
}

/** "Nov 29 17:04:05" as syslog writes it to files. */
export function syslogTime(at) {
  const { month, day, clock } = local(at);
  return `${MONTHS[month]} ${String(day).padStart(2)} ${clock}`;
}
/** "29/Nov/2026:17:04:05 +0700" of access logs. */
export function accessTime(at) {
  const { year, month, day, clock } = local(at);
  return `${two(day)}/${MONTHS[month]}/${year}:${clock} +0700`;
}
/** "2026-11-29T17:04:05+07:00" of RFC 5424. */
export const isoTime = (at) => new Date(at + ZONE_MS).toISOString().replace(/\.\d+Z$/, '+07:00');

/** As a field for a moment takes it: the minute, on the wall of the tests. */
export const localMinute = (at) => new Date(at + ZONE_MS).toISOString().slice(0, 16);

/** Imports lines as the file of a sensor; gives what `tanggap import` says of it. */
export function importFile(target, sensor, lines) {
  const folder = mkdtempSync(join(tmpdir(), 'tanggap-story-'));
  try {
    const file = join(folder, `${sensor}.log`);
    writeFileSync(file, `${lines.join('\n')}\n`);
    const told = execFileSync(
      process.env.TANGGAP_BINARY,
      [
        'import',
        '--server',
        target.url,
        '--token-file',
        process.env.TANGGAP_KEY_FILE,
        '--json',
      ].concat(['--sensor', sensor, '--timezone', 'Asia/Jakarta', file]),
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    );
    return JSON.parse(told);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One TCP connection, one message a line. */
export async function sendSyslog(messages) {
  const [host, port] = process.env.TANGGAP_SYSLOG.split(':');
  await new Promise((resolve, reject) => {
    const socket = createConnection({ host, port: Number(port) }, () =>
      socket.end(`${messages.join('\n')}\n`),
    );
    socket.on('close', resolve);
    socket.on('error', reject);
  });
}

export async function ingest(target, sensor, lines) {
  const answer = await fetch(`${target.url}/api/v1/ingest/${sensor}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${target.account.api_key}`, 'Content-Type': 'text/plain' },
    body: `${lines.join('\n')}\n`,
  });
  assert.equal(answer.status, 202, await answer.text());
}

/** Until everything of `records` is received and stored, and the ledger balances. */
export async function drained(target, records) {
  for (;;) {
    const answer = await fetch(`${target.url}/api/v1/ledger`, {
      headers: { Authorization: `Bearer ${target.account.api_key}` },
    });
    const ledger = await answer.json();
    assert.ok(ledger.received <= records, `${ledger.received} received, ${records} sent`);
    if (ledger.received === records && ledger.in_flight === 0 && ledger.balances) return ledger;
  }
}

// Compares the built console with its size budgets. Sizes are gzip, in KB of 1,000 bytes.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const LIMITS_KB = { start: 60, route: 40, css: 15, all: 300 };
const dist = process.argv[2] ?? 'dist';
const assets = join(dist, 'assets');
const names = readdirSync(assets).filter((name) => !/\.(br|gz)$/.test(name));
const text = (name) => readFileSync(join(assets, name), 'utf8');
const size = (name) => gzipSync(readFileSync(join(assets, name)), { level: 9 }).length / 1000;
const scripts = names.filter((name) => name.endsWith('.js'));
const styles = names.filter((name) => name.endsWith('.css'));

/** The scripts that `name` imports at once, itself included. */
function closure(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const [, other] of text(name).matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) {
    closure(other, found);
  }
  return found;
}

const page = readFileSync(join(dist, 'index.html'), 'utf8');
const entries = [...page.matchAll(/assets\/([\w.-]+\.js)/g)].map((match) => match[1]);
const start = new Set(entries.flatMap((name) => [...closure(name)]));
const sum = (list) => [...list].reduce((total, name) => total + size(name), 0);

let failed = false;
function check(what, kb, limit) {
  const over = kb > limit;
  failed ||= over;
  console.log(
    `${over ? 'OVER ' : 'ok   '}${what.padEnd(34)} ${kb.toFixed(1).padStart(6)} / ${limit} KB`,
  );
}

check('start scripts', sum(start), LIMITS_KB.start);
for (const name of scripts) {
  if (start.has(name)) continue;
  const extra = [...closure(name)].filter((each) => !start.has(each));
  check(`route ${name}`, sum(extra), LIMITS_KB.route);
}
check('styles', sum(styles), LIMITS_KB.css);
check('everything', sum(names), LIMITS_KB.all);
process.exit(failed ? 1 : 0);

// Writes .br and .gz beside every built file that gets smaller by it, and removes stale ones.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const WORTH_IT = 0.95;
const folder = process.argv[2];
if (!folder) {
  console.error('compress.mjs: name the folder with the built console: compress.mjs dist');
  process.exit(2);
}

function* files(root) {
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    const path = join(root, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

for (const path of [...files(folder)]) {
  if (/\.(br|gz)$/.test(path)) {
    rmSync(path);
  }
}
for (const path of files(folder)) {
  if (/\.(br|gz)$/.test(path)) continue;
  const bytes = readFileSync(path);
  const brotli = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  // Level 9, no name and no time inside: the same input gives the same bytes.
  const gzip = gzipSync(bytes, { level: 9 });
  if (brotli.length < bytes.length * WORTH_IT) writeFileSync(`${path}.br`, brotli);
  if (gzip.length < bytes.length * WORTH_IT) writeFileSync(`${path}.gz`, gzip);
}

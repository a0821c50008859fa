import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What most pages have and the start has not: one file, since small ones pack badly. */
const parts =
  /src\/(?:lib\/(?:api\/resource|draft|rows|viewport)|ui\/(?:Badge|Banner|Card|Check|Choices|ClockChip|Confirm|CopyButton|Evidence|FigureTable|Filters|Level|LongText|More|OutcomeMark|Pills|Rows|Secret|Select|StatusMark|Time|TlpMark|TopList))\.(?:svelte|ts)/;

// The server puts the built files under /app/ and allows no inline script or style, so nothing
// may be inlined: no data: fonts, no module-preload script in the page.
export default defineConfig({
  base: '/app/',
  plugins: [svelte()],
  resolve: { alias: { $lib: here('./src/lib'), $ui: here('./src/ui') } },
  build: {
    target: ['chrome120', 'firefox121', 'safari17.5'],
    assetsInlineLimit: 0,
    // One small stylesheet: less in all than a file for each page.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'start', test: /src\/app\//, priority: 2 }, // with all it imports at once
            { name: 'parts', test: parts, priority: 1 },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': process.env.TANGGAP_URL ?? 'http://127.0.0.1:8080' } },
  test: { include: ['tests/unit/**/*.test.{ts,mjs}'] },
});

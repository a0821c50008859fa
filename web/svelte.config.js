import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** Of base 36: two styles share one by chance in a million, and are then caught by a look. */
const SCOPE_LETTERS = 4;

export default {
  preprocess: vitePreprocess(),
  compilerOptions: {
    runes: true,
    modernAst: true,
    // The name of a scope stands in every rule and compresses badly: a short one, from the styles
    // alone, so that every clone builds the same files.
    cssHash: ({ css, hash }) => `s${hash(css).slice(0, SCOPE_LETTERS)}`,
  },
};

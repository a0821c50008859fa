// The console's own texts, so that a story presses what a person reads. The sources are TypeScript
// for a bundler: their imports name no extension.
import { registerHooks } from 'node:module';

registerHooks({
  resolve(name, context, next) {
    try {
      return next(name, context);
    } catch (error) {
      if (error.code !== 'ERR_MODULE_NOT_FOUND' || !name.startsWith('.')) throw error;
      return next(`${name}.ts`, context);
    }
  },
});
const texts = (name) => import(new URL(`../../../src/lib/i18n/${name}.ts`, import.meta.url).href);
const [{ id }, { en }, { queueTexts }, { deskTexts }, { figureTexts }, { advisoryTexts }] =
  await Promise.all(['id', 'en', 'queue', 'desk', 'figures', 'advisories'].map(texts));

/** All texts in one language: `cases`, `reports`, … of the start, the others by their module. */
export const wordsIn = (language) => ({
  ...(language === 'id' ? id : en),
  queue: queueTexts[language],
  desk: deskTexts[language],
  figures: figureTexts[language],
  advisories: advisoryTexts[language],
});

// The present language. Indonesian is built in; English is fetched when it is chosen.
import type { Locale } from '../format';
import { id, type Messages } from './id';

const STORED = 'tanggap.lang';

function startLocale(): Locale {
  try {
    return window.localStorage.getItem(STORED) === 'en' ? 'en' : 'id';
  } catch {
    return 'id';
  }
}

class Language {
  locale = $state<Locale>('id');
  /** The texts. Read as `language.t.nav.alerts`. */
  t = $state.raw<Messages>(id);

  constructor() {
    // What is chosen in one tab holds in all.
    window.addEventListener('storage', (event) => {
      if (event.key === STORED) void this.start();
    });
  }

  async choose(locale: Locale, options: { keep: boolean } = { keep: true }): Promise<void> {
    const texts = locale === 'en' ? (await import('./en')).en : id;
    this.t = texts;
    this.locale = locale;
    document.documentElement.lang = locale;
    if (!options.keep) return;
    try {
      window.localStorage.setItem(STORED, locale);
    } catch {
      // Storage may be switched off; the choice then lasts until the page closes.
    }
  }

  /** Before the first screen, so that it appears in the right language at once. */
  start(): Promise<void> {
    return this.choose(startLocale(), { keep: false });
  }
}

export const language = new Language();

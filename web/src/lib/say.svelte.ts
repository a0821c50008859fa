// Texts and formats with the present language and zone filled in: what a component needs.
import { clock } from './clock.svelte';
import * as format from './format';
import { language } from './i18n/index.svelte';

export const say = {
  get t() {
    return language.t;
  },
  get locale() {
    return language.locale;
  },
  number: (value: number) => format.formatNumber(value, language.locale),
  compact: (value: number) => format.formatCompact(value, language.locale),
  factor: (value: number) => format.formatFactor(value, language.locale),
  percent: (share: number) => format.formatPercent(share, language.locale),
  bytes: (bytes: number) => format.formatBytes(bytes, language.locale),
  duration: (seconds: number) => format.formatDuration(seconds, language.locale),
  country: (code: string) => format.countryName(code, language.locale),
  moment: (at: Date) => format.formatMoment(at, language.locale, clock.zone),
  short: (at: Date) => format.formatShort(at, language.locale, clock.zone, clock.now),
  exact: (at: Date) => format.formatExact(at, language.locale, clock.zone, clock.now),
  relative: (at: Date) => format.formatRelative(at, language.locale, clock.now),
  zone: () => format.zoneLabel(clock.zone, clock.now),
  /** A title in the present language, the other one where it is missing. */
  title: (item: { title: string; title_id: string }) =>
    (language.locale === 'id' ? item.title_id || item.title : item.title || item.title_id) || '–',
  description: (item: { description: string; description_id: string }) =>
    language.locale === 'id'
      ? item.description_id || item.description
      : item.description || item.description_id,
  total: (total: { value: number; relation: 'eq' | 'gte' }) => {
    const number = format.formatNumber(total.value, language.locale);
    return total.relation === 'eq' ? number : language.t.common.atLeast(number);
  },
};

// Numbers, times and durations as readers of each language expect them. Pure: the language, the
// zone and the present moment are arguments.

export type Locale = 'id' | 'en';

const tags: Record<Locale, string> = { id: 'id-ID', en: 'en-GB' };

export function formatNumber(value: number, locale: Locale): string {
  return new Intl.NumberFormat(tags[locale]).format(value);
}

/** English: "1 event", "2 events"; `n` as it is shown. */
export const many = (n: string, one: string, more = `${one}s`) => `${n} ${n === '1' ? one : more}`;

export function formatCompact(value: number, locale: Locale): string {
  return new Intl.NumberFormat(tags[locale], {
    notation: 'compact',
    maximumFractionDigits: 1,
  }).format(value);
}

export function formatFactor(value: number, locale: Locale): string {
  return new Intl.NumberFormat(tags[locale], { maximumFractionDigits: 2 }).format(value);
}

export function formatPercent(share: number, locale: Locale): string {
  return new Intl.NumberFormat(tags[locale], {
    style: 'percent',
    maximumFractionDigits: 1,
  }).format(share);
}

const INDONESIAN_ZONES: Record<string, string> = {
  'Asia/Jakarta': 'WIB',
  'Asia/Pontianak': 'WIB',
  'Asia/Makassar': 'WITA',
  'Asia/Ujung_Pandang': 'WITA',
  'Asia/Jayapura': 'WIT',
};

/** "WIB", "WITA", "WIT", else "UTC" or "UTC+5.30". */
export function zoneLabel(zone: string, at: Date): string {
  const known = INDONESIAN_ZONES[zone];
  if (known) return known;
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' });
  const offset = parts.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(offset) ?? [];
  if (!sign || (Number(hours) === 0 && minutes === '00')) return 'UTC';
  return `UTC${sign}${Number(hours)}${minutes === '00' ? '' : `.${minutes}`}`;
}

interface Clock {
  year: string;
  month: string;
  monthName: string;
  day: string;
  hour: string;
  minute: string;
  second: string;
}

function clock(at: Date, locale: Locale, zone: string, monthStyle: 'short' | 'long'): Clock {
  const read = (options: Intl.DateTimeFormatOptions) => {
    const parts = new Intl.DateTimeFormat(tags[locale], {
      timeZone: zone,
      hourCycle: 'h23',
      ...options,
    }).formatToParts(at);
    return (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  };
  const numeric = read({
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  return {
    year: numeric('year'),
    month: numeric('month'),
    day: numeric('day'),
    hour: numeric('hour'),
    minute: numeric('minute'),
    second: numeric('second'),
    monthName: read({ month: monthStyle })('month'),
  };
}

/** Indonesian clocks are written with dots (EYD), English ones with colons. */
const clockMark: Record<Locale, string> = { id: '.', en: ':' };

/** "3 Oktober 2026 pukul 14.05.09 WIB" */
export function formatMoment(at: Date, locale: Locale, zone: string): string {
  const now = clock(at, locale, zone, 'long');
  const time = [now.hour, now.minute, now.second].join(clockMark[locale]);
  const date = `${Number(now.day)} ${now.monthName} ${now.year}`;
  return `${date} ${locale === 'id' ? 'pukul' : 'at'} ${time} ${zoneLabel(zone, at)}`;
}

/** For tables: "03 Okt 14.05", with the year where it is not the present one. */
export function formatShort(at: Date, locale: Locale, zone: string, now: Date): string {
  const then = clock(at, locale, zone, 'short');
  const year = then.year === clock(now, locale, zone, 'short').year ? '' : ` ${then.year}`;
  return `${then.day} ${then.monthName}${year} ${then.hour}${clockMark[locale]}${then.minute}`;
}

/** For logs: "03 Okt 14.05.09", always exact to the second. */
export function formatExact(at: Date, locale: Locale, zone: string, now: Date): string {
  const then = clock(at, locale, zone, 'short');
  return `${formatShort(at, locale, zone, now)}${clockMark[locale]}${then.second}`;
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** "5 menit yang lalu" below 24 hours, else undefined: then the date says more. */
export function formatRelative(at: Date, locale: Locale, now: Date): string | undefined {
  const ahead = Math.round((at.getTime() - now.getTime()) / 1000);
  // The page's clock ticks now and then: what came since its last tick does not lie ahead.
  const seconds = ahead > 0 && ahead < 60 ? 0 : ahead;
  if (Math.abs(seconds) >= 86400) return undefined;
  const format = new Intl.RelativeTimeFormat(tags[locale], { numeric: 'auto' });
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size || size === 1) {
      return format.format(Math.trunc(seconds / size), unit);
    }
  }
  return undefined;
}

const durationWords: Record<Locale, [string, string][]> = {
  id: [
    ['hari', 'hari'],
    ['jam', 'jam'],
    ['menit', 'menit'],
    ['detik', 'detik'],
  ],
  en: [
    ['day', 'days'],
    ['hour', 'hours'],
    ['minute', 'minutes'],
    ['second', 'seconds'],
  ],
};

/** "3 jam 12 menit": the two largest parts. */
export function formatDuration(seconds: number, locale: Locale): string {
  const sizes = [86400, 3600, 60, 1];
  let rest = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [index, size] of sizes.entries()) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count === 0 && !(size === 1 && parts.length === 0)) continue;
    const [one, many] = durationWords[locale][index] ?? ['', ''];
    parts.push(`${formatNumber(count, locale)} ${count === 1 ? one : many}`);
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}

export function formatBytes(bytes: number, locale: Locale): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const number = new Intl.NumberFormat(tags[locale], { maximumFractionDigits: 1 }).format(value);
  return `${number} ${units[unit]}`;
}

/** A country's name from its two letters; the letters where they are not a country. */
export function countryName(code: string, locale: Locale): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  return new Intl.DisplayNames(tags[locale], { type: 'region', fallback: 'code' }).of(code) ?? code;
}

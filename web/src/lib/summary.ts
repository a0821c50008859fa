// What a correlation counted, in the reader's language. The server's sentence is English with a fixed
// shape: "11 events of 'A', 'B' in this order by source.ip=203.0.113.7 in 10m".
import type { Locale } from './format';

const SHAPE =
  /^(?:(?<values>\d+) values of (?<fields>.+?) in )?(?<events>\d+) events of (?<rules>'.+?')(?<order> in this order)?(?: by (?<group>.+))? in (?<span>\d+[smhdwMy])$/;

const SPANS: Record<string, string> = {
  s: 'detik',
  m: 'menit',
  h: 'jam',
  d: 'hari',
  w: 'minggu',
  M: 'bulan',
  y: 'tahun',
};

/** The sentence as it is where its shape is another: `lang` then says that it is English. */
export function correlationSummary(text: string, locale: Locale): { text: string; lang: Locale } {
  const parts = locale === 'id' ? SHAPE.exec(text)?.groups : undefined;
  if (!parts) return { text, lang: 'en' };
  const counted = parts.values
    ? `${parts.values} nilai ${parts.fields} dalam ${parts.events} peristiwa`
    : `${parts.events} peristiwa`;
  const { span: length = '' } = parts;
  const span = `${length.slice(0, -1)} ${SPANS[length.slice(-1)]}`;
  const order = parts.order ? ' berurutan' : '';
  const group = parts.group ? ` dengan ${parts.group}` : '';
  return { text: `${counted} ${parts.rules}${order}${group} dalam ${span}`, lang: 'id' };
}

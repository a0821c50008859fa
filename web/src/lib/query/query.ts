// Reading and changing query text on the screen. The server's parser decides what a query means;
// this only splits it into terms, so that a term can be added or taken out again.

const PLAIN_VALUE = /^[\p{L}\p{N}_.\-/@+]+$/u;
const KEYWORD = /^(and|or|not)$/i;

/** A value as a query may hold it: quoted unless it is one plain word. */
export function quoteValue(value: string): string {
  if (PLAIN_VALUE.test(value) && !KEYWORD.test(value) && !value.startsWith('-')) return value;
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** `source.ip:203.0.113.7`, or with a leading minus. */
export function term(field: string, value: string, negate = false): string {
  return `${negate ? '-' : ''}${field}:${quoteValue(value)}`;
}

/** Ends of the token that starts at `start`: quotes and brackets hold spaces together. */
function tokenEnd(text: string, start: number): number {
  let depth = 0;
  let quote = false;
  for (let at = start; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '\\') {
      at += 1;
    } else if (letter === '"') {
      quote = !quote;
    } else if (!quote && letter === '(') {
      depth += 1;
    } else if (!quote && letter === ')') {
      depth -= 1;
    } else if (!quote && depth <= 0 && letter !== undefined && /\s/.test(letter)) {
      return at;
    }
  }
  return text.length;
}

/** Top-level terms in order; "OR" and its neighbours stay one term, since they mean it together. */
export function splitTerms(text: string): string[] {
  const tokens: string[] = [];
  for (let at = 0; at < text.length;) {
    if (/\s/.test(text[at] ?? '')) {
      at += 1;
      continue;
    }
    const end = tokenEnd(text, at);
    tokens.push(text.slice(at, end));
    at = end;
  }
  if (tokens.some((token) => /^or$/i.test(token))) return [tokens.join(' ')];
  const terms: string[] = [];
  for (const token of tokens) {
    const previous = terms.at(-1);
    if (/^and$/i.test(token)) continue;
    if (previous !== undefined && /^not$/i.test(previous)) terms[terms.length - 1] += ` ${token}`;
    else terms.push(token);
  }
  return terms;
}

function joinTerms(terms: string[]): string {
  return terms.join(' ');
}

export function removeTerm(text: string, unwanted: string): string {
  return joinTerms(splitTerms(text).filter((each) => each !== unwanted));
}

/** Both must hold. */
export function both(one: string, other: string): string {
  const wrap = (text: string) =>
    splitTerms(text).length > 1 || / /.test(text) ? `(${text})` : text;
  if (!one.trim()) return other;
  return other.trim() ? `${wrap(one)} ${wrap(other)}` : one;
}

/** Adds a filter; its opposite leaves, the same one is not added twice. */
export function addFilter(text: string, field: string, value: string, negate = false): string {
  const wanted = term(field, value, negate);
  const opposite = term(field, value, !negate);
  let terms = splitTerms(text).filter((each) => each !== opposite);
  if (terms.length === 1 && / or /i.test(terms[0] ?? '')) terms = [`(${terms[0]})`];
  return joinTerms(terms.includes(wanted) ? terms : [...terms, wanted]);
}

/** The server counts bytes, the screen counts UTF-16 units. */
export function byteToIndex(text: string, byte: number): number {
  let bytes = 0;
  let index = 0;
  for (const letter of text) {
    if (bytes >= byte) break;
    const code = letter.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    index += letter.length;
  }
  return index;
}

export interface Span {
  text: string;
  wrong: boolean;
}

/** Cuts the text at the faulty spans, so that they can be underlined. */
export function markErrors(text: string, errors: { begin: number; end: number }[]): Span[] {
  const wrong = new Array<boolean>(text.length).fill(false);
  for (const error of errors) {
    const begin = Math.min(byteToIndex(text, error.begin), Math.max(0, text.length - 1));
    const end = Math.max(byteToIndex(text, error.end), begin + 1);
    wrong.fill(true, begin, Math.min(end, text.length));
  }
  const spans: Span[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const previous = spans.at(-1);
    if (previous && previous.wrong === wrong[at]) previous.text += text[at];
    else spans.push({ text: text[at] ?? '', wrong: wrong[at] ?? false });
  }
  return spans;
}

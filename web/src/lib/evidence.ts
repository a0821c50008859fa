// Text written by attackers, made safe to look at: nothing in it can hide, reorder or be followed.

// C0 and C1 controls, zero-width and direction marks, separators, byte order mark.
const INVISIBLE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Characters that cannot be seen are written as escapes; tab and newline stay. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (letter) => {
    const code = letter.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

const URL_TEXT = /\b(https?|ftp):\/\/([^\s/?#"'<>]+)/gi;
// Not the version in a product's name: Chrome/142.0.0.0.
const ADDRESS = /(?<![\w]\/|[\w.])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\b/g;

/** "http://a.example/x" is written "hxxp://a[.]example/x", 203.0.113.5 "203[.]0[.]113[.]5". */
export function defang(text: string): string {
  const linksCut = visible(text).replace(URL_TEXT, (_, scheme: string, host: string) => {
    const safeScheme = scheme.toLowerCase().replace('http', 'hxxp').replace('ftp', 'fxp');
    return `${safeScheme}://${host.replaceAll('.', '[.]')}`;
  });
  return linksCut.replace(ADDRESS, '$1[.]$2[.]$3[.]$4');
}

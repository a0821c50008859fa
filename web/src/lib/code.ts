// What people type as second factor: six digits, or a recovery code of 16 letters and digits.

/** As the server takes it: without spaces. */
export function cleanCode(text: string): string {
  return text.replaceAll(/\s/g, '');
}

export function looksLikeCode(text: string): boolean {
  const code = cleanCode(text);
  return /^\d{6}$/.test(code) || /^[0-9a-z]{16}$/i.test(code.replaceAll('-', ''));
}

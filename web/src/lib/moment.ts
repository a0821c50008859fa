// Moments as the browser's own date and time inputs write them, in the reader's zone.

/** "2026-11-29T14:05" of an input as RFC 3339 in the reader's zone; '' stays ''. */
export function momentOf(local: string): string {
  if (!local) return '';
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
}

/** The other way, for an input of kind datetime-local. */
export function localOf(moment: string | null | undefined): string {
  if (!moment) return '';
  const at = new Date(moment);
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

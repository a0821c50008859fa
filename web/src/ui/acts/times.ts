// When a snoozed alert comes back: office mornings in the reader's zone, or some hours on.
const HOUR_MS = 3_600_000;
const MORNING = 8;
const MONDAY = 1;

function morning(from: Date, days: number): Date {
  const at = new Date(from);
  at.setDate(at.getDate() + days);
  at.setHours(MORNING, 0, 0, 0);
  return at;
}

export function snoozeTimes(now: Date) {
  const toMonday = (7 + MONDAY - now.getDay()) % 7 || 7;
  return {
    hour: new Date(now.getTime() + HOUR_MS),
    hours4: new Date(now.getTime() + 4 * HOUR_MS),
    tomorrow: morning(now, 1),
    monday: morning(now, toMonday),
    week: new Date(now.getTime() + 7 * 24 * HOUR_MS),
  };
}

import { describe, expect, it } from 'vitest';
import { snoozeTimes } from '$ui/acts/times';

const at = (text: string) => new Date(text);
const local = (date: Date) => [date.getDay(), date.getHours(), date.getMinutes()];

describe('snoozeTimes', () => {
  it('are hours on, and mornings of working days', () => {
    const now = at('2026-11-25T14:30:00'); // a Wednesday
    const times = snoozeTimes(now);
    expect(times.hour.getTime() - now.getTime()).toBe(3_600_000);
    expect(local(times.tomorrow)).toEqual([4, 8, 0]);
    expect(local(times.monday)).toEqual([1, 8, 0]);
    expect(times.week.getTime() - now.getTime()).toBe(7 * 24 * 3_600_000);
  });

  it('on a Monday the next Monday is meant', () => {
    const times = snoozeTimes(at('2026-11-23T07:00:00'));
    expect(times.monday.getDate()).toBe(30);
  });

  it('are all ahead', () => {
    for (let hour = 0; hour < 24 * 7; hour += 1) {
      const now = new Date(at('2026-11-22T00:30:00').getTime() + hour * 3_600_000);
      for (const time of Object.values(snoozeTimes(now))) expect(time > now).toBe(true);
    }
  });
});

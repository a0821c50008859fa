import { expect, test } from 'vitest';
import { correlationSummary } from '$lib/summary';

test('a correlation is told in Indonesian where its shape is known', () => {
  const cases: [string, string][] = [
    [
      "11 events of 'SSH failed login' by source.ip=203.0.113.7 in 10m",
      "11 peristiwa 'SSH failed login' dengan source.ip=203.0.113.7 dalam 10 menit",
    ],
    [
      "2 events of 'A in B', 'C' in this order by user.name=budi, host.name=pc in 1h",
      "2 peristiwa 'A in B', 'C' berurutan dengan user.name=budi, host.name=pc dalam 1 jam",
    ],
    [
      "6 values of user.name in 9 events of 'Login' by source.ip=::1 in 30s",
      "6 nilai user.name dalam 9 peristiwa 'Login' dengan source.ip=::1 dalam 30 detik",
    ],
    ["3 events of 'X' in 2d", "3 peristiwa 'X' dalam 2 hari"],
  ];
  for (const [english, indonesian] of cases) {
    expect(correlationSummary(english, 'id')).toEqual({ text: indonesian, lang: 'id' });
    expect(correlationSummary(english, 'en')).toEqual({ text: english, lang: 'en' });
  }
});

test('another shape stays English and says so', () => {
  for (const text of ['sum of bytes 9 in 4 events', '', "events of 'X' in 2d"]) {
    expect(correlationSummary(text, 'id')).toEqual({ text, lang: 'en' });
  }
});

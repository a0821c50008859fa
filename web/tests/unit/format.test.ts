import { describe, expect, it } from 'vitest';
import * as format from '$lib/format';

const at = new Date('2026-10-03T07:05:09Z');
const now = new Date('2026-10-03T07:10:09Z');

describe('numbers', () => {
  it('follow each language', () => {
    expect(format.formatNumber(74000, 'id')).toBe('74.000');
    expect(format.formatNumber(74000, 'en')).toBe('74,000');
    expect(format.formatPercent(0.123, 'id')).toBe('12,3%');
    expect(format.formatFactor(0.75, 'id')).toBe('0,75');
    expect(format.formatBytes(3_145_728, 'en')).toBe('3 MiB');
    expect(format.formatBytes(40, 'id')).toBe('40 B');
  });
});

it('English counts one thing apart from many', () => {
  expect(format.many('1', 'event')).toBe('1 event');
  expect(format.many('1,000', 'event')).toBe('1,000 events');
  expect(format.many('1', 'report was', 'reports were')).toBe('1 report was');
});

describe('times', () => {
  it('name the Indonesian zones', () => {
    expect(format.zoneLabel('Asia/Jakarta', at)).toBe('WIB');
    expect(format.zoneLabel('Asia/Makassar', at)).toBe('WITA');
    expect(format.zoneLabel('Asia/Jayapura', at)).toBe('WIT');
    expect(format.zoneLabel('UTC', at)).toBe('UTC');
    expect(format.zoneLabel('Asia/Kolkata', at)).toBe('UTC+5.30');
  });
  it('are written with dots in Indonesian, colons in English', () => {
    expect(format.formatMoment(at, 'id', 'Asia/Jakarta')).toBe('3 Oktober 2026 pukul 14.05.09 WIB');
    expect(format.formatMoment(at, 'en', 'Asia/Jakarta')).toBe('3 October 2026 at 14:05:09 WIB');
    expect(format.formatShort(at, 'id', 'Asia/Jakarta', now)).toBe('03 Okt 14.05');
    expect(format.formatExact(at, 'id', 'Asia/Jayapura', now)).toBe('03 Okt 16.05.09');
  });
  it('show the year where it is another', () => {
    const old = new Date('2015-05-17T10:05:03Z');
    expect(format.formatShort(old, 'id', 'UTC', now)).toBe('17 Mei 2015 10.05');
  });
  it('are relative below a day', () => {
    expect(format.formatRelative(at, 'id', now)).toBe('5 menit yang lalu');
    expect(format.formatRelative(at, 'en', now)).toBe('5 minutes ago');
    expect(format.formatRelative(now, 'id', now)).toBe('sekarang');
    const since = new Date(now.getTime() + 10_000);
    expect(format.formatRelative(since, 'id', now)).toBe('sekarang');
    expect(format.formatRelative(new Date('2026-10-01T00:00:00Z'), 'id', now)).toBeUndefined();
  });
});

describe('durations', () => {
  it.each([
    [0, '0 detik', '0 seconds'],
    [61, '1 menit 1 detik', '1 minute 1 second'],
    [11_520, '3 jam 12 menit', '3 hours 12 minutes'],
    [86_400, '1 hari', '1 day'],
    [90_061, '1 hari 1 jam', '1 day 1 hour'],
  ])('%d s', (seconds, id, en) => {
    expect(format.formatDuration(seconds, 'id')).toBe(id);
    expect(format.formatDuration(seconds, 'en')).toBe(en);
  });
});

it('countries are named, other text is left alone', () => {
  expect(format.countryName('NL', 'id')).toBe('Belanda');
  expect(format.countryName('not a code', 'id')).toBe('not a code');
});

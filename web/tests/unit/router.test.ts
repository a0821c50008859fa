import { describe, expect, it } from 'vitest';
import { appPath, href, matchPath, safeReturnPath } from '$lib/router';

describe('matchPath', () => {
  it.each([
    ['/alerts', '/alerts', {}],
    ['/alerts/:id', '/alerts/ALR-7', { id: 'ALR-7' }],
    ['/alerts/:id', '/alerts/a%2Fb', { id: 'a/b' }],
  ])('%s takes %s', (pattern, path, params) => {
    expect(matchPath(pattern, path)).toEqual(params);
  });

  it.each([
    ['/alerts', '/alerts/ALR-7'],
    ['/alerts/:id', '/alerts'],
    ['/alerts/:id', '/events/ALR-7'],
    ['/alerts/:id', '/alerts/%E0%A4%A'],
  ])('%s refuses %s', (pattern, path) => {
    expect(matchPath(pattern, path)).toBeUndefined();
  });
});

describe('appPath', () => {
  it.each([
    ['/app/', '/'],
    ['/app', '/'],
    ['/app/alerts/', '/alerts'],
    ['/app/alerts/ALR-7', '/alerts/ALR-7'],
  ])('%s is %s', (given, path) => expect(appPath(given)).toBe(path));
});

describe('href', () => {
  it('leaves empty parameters out, so equal screens have equal links', () => {
    expect(href('/events', { q: '', from: null, to: undefined })).toBe('/app/events');
  });
  it('encodes what a query may hold', () => {
    expect(href('/alerts', { q: 'a:"b&c" +' })).toBe('/app/alerts?q=a%3A%22b%26c%22+%2B');
  });
});

describe('safeReturnPath', () => {
  it('returns to a page of the console', () => {
    expect(safeReturnPath('/app/alerts?q=x')).toBe('/app/alerts?q=x');
  });
  it.each([
    null,
    '',
    'https://bad.example/',
    '//bad.example',
    '/app',
    '/app/\\bad.example',
    '/api/v1/x',
  ])('does not leave it for %j', (next) => expect(safeReturnPath(next)).toBe('/app/dashboard'));
});

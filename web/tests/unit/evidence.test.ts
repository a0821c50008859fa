import { describe, expect, it } from 'vitest';
import { defang, visible } from '$lib/evidence';

describe('visible', () => {
  it.each([
    ['plain text', 'plain text'],
    ['a\u0000b', 'a\\x00b'],
    ['a\u001b[31mb', 'a\\x1b[31mb'],
    ['exe\u202etxt', 'exe\\u202etxt'],
    ['zero\u200bwidth', 'zero\\u200bwidth'],
    ['\ufeffmark', '\\ufeffmark'],
    ['tab\tand\nline', 'tab\tand\nline'],
    ['warung é 日本', 'warung é 日本'],
  ])('%j', (text, shown) => expect(visible(text)).toBe(shown));
});

describe('defang', () => {
  it.each([
    ['http://bad.example/a.php', 'hxxp://bad[.]example/a.php'],
    ['HTTPS://Bad.Example:8443/x', 'hxxps://Bad[.]Example:8443/x'],
    ['from 203.0.113.5 port 22', 'from 203[.]0[.]113[.]5 port 22'],
    ['/uploads/cmd.php?c=id', '/uploads/cmd.php?c=id'],
    ['version 1.2.3', 'version 1.2.3'],
    ['Chrome/142.0.0.0 Safari', 'Chrome/142.0.0.0 Safari'],
    ['u=http://203.0.113.5/x', 'u=hxxp://203[.]0[.]113[.]5/x'],
    ['//203.0.113.5/x', '//203[.]0[.]113[.]5/x'],
    ['http://a.example http://b.example', 'hxxp://a[.]example hxxp://b[.]example'],
  ])('%j', (text, safe) => expect(defang(text)).toBe(safe));

  it('leaves nothing that a mail program would make a link', () => {
    expect(defang('ftp://x.example/ http://203.0.113.5/')).not.toMatch(/(https?|ftp):\/\//);
  });
});

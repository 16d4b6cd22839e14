import { expect, test } from 'vitest';
import { addressKey, requestedAddress, inScope, scopeOf } from '../../../../corpus/crawl/address.ts';

const base = 'http://localhost:4000/docs/a.html';

test.each([
  ['b.html', 'http://localhost:4000/docs/b.html'],
  ['b.html#part', 'http://localhost:4000/docs/b.html'],
  ['#top', 'http://localhost:4000/docs/a.html'],
  ['', 'http://localhost:4000/docs/a.html'],
  ['b\t.h\ntml', 'http://localhost:4000/docs/b.html'],
  [' ../x ', 'http://localhost:4000/x'],
  ['/../../etc/passwd', 'http://localhost:4000/etc/passwd'],
  ['?b=2&a=1', 'http://localhost:4000/docs/a.html?b=2&a=1'],
  ['?utm_source=x&q=1&PHPSESSID=7', 'http://localhost:4000/docs/a.html?utm_source=x&q=1&PHPSESSID=7'],
  ['?', 'http://localhost:4000/docs/a.html?'],
  ['b;jsessionid=7A?x=1', 'http://localhost:4000/docs/b;jsessionid=7A?x=1'],
  ['%7Euser/%e2%82%ac', 'http://localhost:4000/docs/%7Euser/%e2%82%ac'],
  ['HTTP://LOCALHOST:4000/', 'http://localhost:4000/'],
  ['http://localhost:80/', 'http://localhost/'],
  ['http://user:secret@localhost/', 'http://localhost/'],
  ['//other.example/x', 'http://other.example/x'],
  ['https://localhost/', 'https://localhost/'],
])('%j means %s', (href, address) => {
  expect(requestedAddress(href, base)).toBe(address);
});

test.each([
  'mailto:a@b.example',
  'javascript:void(0)',
  'ftp://x/',
  'file:///etc/passwd',
  'data:text/html,x',
  'http://',
  'http://[',
])('%j is no address of a page', (href) => {
  expect(requestedAddress(href, base)).toBeUndefined();
});

test('an address stays as it is, once it is one', () => {
  for (const href of ['a b?c=d e&f=%2B', '%zz', 'ä/ö?ü=ß', '%2e%2e/x', 'x%2Fy']) {
    const once = requestedAddress(href, base)!;
    expect(requestedAddress(once)).toBe(once);
  }
});

test.each([
  ['http://h/%7Ejoe/', 'http://h/~joe/', true],
  ['http://h/%e2%82%ac', 'http://h/€', true],
  ['http://h/a%2Fb', 'http://h/a/b', false],
  ['http://h/a?x=1&y=2', 'http://h/a?y=2&x=1', false],
  ['http://h/a?sid=1', 'http://h/a?sid=2', false],
  ['http://h/a?b', 'http://h/a?b=', false],
])('%s and %s: the same address is %s', (one, other, same) => {
  expect(addressKey(requestedAddress(one)!) === addressKey(requestedAddress(other)!)).toBe(same);
});

test.each([
  ['http://h/', '/', ['http://h/', 'http://h/a/b'], ['https://h/', 'http://h:81/', 'http://other/']],
  [
    'http://h/docs/',
    '/docs/',
    ['http://h/docs/', 'http://h/docs/a', 'http://h/docs'],
    ['http://h/', 'http://h/docsx', 'http://h/doc'],
  ],
  [
    'http://h/docs',
    '/docs/',
    ['http://h/docs', 'http://h/docs/', 'http://h/docs/a'],
    ['http://h/docs.html', 'http://h/'],
  ],
  [
    'http://h/docs/index.html',
    '/docs/',
    ['http://h/docs/other.html', 'http://h/docs/deep/x'],
    ['http://h/', 'http://h/other/'],
  ],
])('a crawl of %s stays below %s', (start, path, inside, outside) => {
  const scope = scopeOf(start);
  expect(scope.path).toBe(path);
  for (const address of inside) expect(inScope(address, scope), address).toBe(true);
  for (const address of outside) expect(inScope(address, scope), address).toBe(false);
});

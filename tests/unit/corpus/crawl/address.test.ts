import { expect, test } from 'vitest';
import { inScope, isLoopback, normalise, scopeOf } from '../../../../corpus/crawl/address.ts';

const base = 'http://localhost:4000/docs/a.html';

test.each([
  ['b.html', 'http://localhost:4000/docs/b.html'],
  ['b.html#part', 'http://localhost:4000/docs/b.html'],
  ['#top', 'http://localhost:4000/docs/a.html'],
  ['', 'http://localhost:4000/docs/a.html'],
  [' ../x ', 'http://localhost:4000/x'],
  ['/../../etc/passwd', 'http://localhost:4000/etc/passwd'],
  ['?b=2&a=1', 'http://localhost:4000/docs/a.html?a=1&b=2'],
  ['?utm_source=x&q=1&PHPSESSID=7', 'http://localhost:4000/docs/a.html?q=1'],
  ['?', 'http://localhost:4000/docs/a.html'],
  ['b;jsessionid=7A?x=1', 'http://localhost:4000/docs/b?x=1'],
  ['%7Euser/%e2%82%ac', 'http://localhost:4000/docs/~user/%E2%82%AC'],
  ['HTTP://LOCALHOST:4000/', 'http://localhost:4000/'],
  ['http://localhost:80/', 'http://localhost/'],
  ['http://user:secret@localhost/', 'http://localhost/'],
  ['//other.example/x', 'http://other.example/x'],
  ['https://localhost/', 'https://localhost/'],
])('%j means %s', (href, address) => {
  expect(normalise(href, base)).toBe(address);
});

test.each([
  'mailto:a@b.example',
  'javascript:void(0)',
  'ftp://x/',
  'file:///etc/passwd',
  'data:text/html,x',
  'http://',
  'http://[',
  `/${'x'.repeat(2_000)}`,
])('%j is no address of a page', (href) => {
  expect(normalise(href, base)).toBeUndefined();
});

test('an address is normal already, once it was made so', () => {
  for (const href of ['a b?c=d e&f=%2B', '%zz', 'ä/ö?ü=ß', '%2e%2e/x', 'x%2Fy']) {
    const once = normalise(href, base)!;
    expect(normalise(once)).toBe(once);
  }
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

test('this machine is told from others, whatever they call themselves', () => {
  for (const host of ['localhost', 'docs.localhost', '127.0.0.1', '127.8.9.1', '[::1]', '::1'])
    expect(isLoopback(host), host).toBe(true);
  for (const host of [
    'example.org',
    '127.0.0.1.example.org',
    'localhost.example',
    '10.0.0.1',
    '0.0.0.0',
    '[::2]',
    '1127.0.0.1',
  ]) {
    expect(isLoopback(host), host).toBe(false);
  }
});

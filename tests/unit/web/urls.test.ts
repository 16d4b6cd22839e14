import { expect, test } from 'vitest';
import { pageUrl, searchUrl, webAddress } from '../../../web/urls.ts';

test('an address names only what is not default', () => {
  expect(searchUrl('cats & dogs')).toBe('/search?q=cats+%26+dogs');
  expect(searchUrl('x', { page: 2, size: 20, explain: true, style: 'layered' })).toBe(
    '/search?q=x&page=2&size=20&explain=true&style=layered',
  );
});

test('a query with half a surrogate pair still has an address', () => {
  expect(searchUrl('a\uD800b')).toBe('/search?q=a%EF%BF%BDb');
});

test('an id cannot leave its place in the path', () => {
  expect(pageUrl('../../rpc/x?y#z')).toBe('/page/..%2F..%2Frpc%2Fx%3Fy%23z');
});

test.each([
  ['https://example.org/a?b=c', 'https://example.org/a?b=c'],
  ['http://example.org', 'http://example.org/'],
  ['javascript:alert(1)', undefined],
  [' JaVaScRiPt:alert(1)', undefined],
  ['data:text/html,<script>alert(1)</script>', undefined],
  ['vbscript:x', undefined],
  ['file:///etc/passwd', undefined],
  ['/page/n1', undefined],
  ['', undefined],
])('only addresses of the web become links: %s', (url, expected) => {
  expect(webAddress(url)).toBe(expected);
});

import { expect, test } from 'vitest';
import { checkPage } from '../../../corpus/check-page.ts';

const wrongOf = (value: unknown) => {
  const checked = checkPage(value);
  return 'wrong' in checked ? checked.wrong : 'a page';
};
const pageOf = (value: unknown) => {
  const checked = checkPage(value);
  if ('wrong' in checked) throw new Error(checked.wrong);
  return checked.page;
};

test('a page needs an id and a title; the rest has defaults', () => {
  expect(pageOf({ id: 'a', title: 'A' })).toEqual({
    id: 'a',
    title: 'A',
    body: '',
    keywords: [],
    url: '/page/a',
    links: [],
  });
});

test('text is another name for body, keywords may be one text, links may be ids', () => {
  expect(
    pageOf({ id: 'a', title: 'A', text: 'T', keywords: 'x, y ,x,', links: ['b', { id: 'c', relation: 'is near' }] }),
  ).toMatchObject({
    body: 'T',
    keywords: ['x', 'y'],
    links: [
      { id: 'b', relation: 'links to' },
      { id: 'c', relation: 'is near' },
    ],
  });
});

test('links to itself and repeated links go', () => {
  expect(pageOf({ id: 'a', title: 'A', links: ['a', 'b', 'b', { id: 'b', relation: 'x' }] }).links).toEqual([
    { id: 'b', relation: 'links to' },
    { id: 'b', relation: 'x' },
  ]);
});

test('control characters and half surrogates do not get in', () => {
  const page = pageOf({ id: 'a', title: 'A\u0000\nB', body: 'x\u0007y\nz\uD800', keywords: ['k\u0001'] });
  expect(page).toMatchObject({ title: 'A B', body: 'x y\nz\uFFFD', keywords: ['k'] });
});

test.each([
  [null, 'not a JSON object'],
  [[], 'not a JSON object'],
  ['x', 'not a JSON object'],
  [{ title: 'A' }, 'id must be a text'],
  [{ id: 7, title: 'A' }, 'id must be a text'],
  [{ id: '', title: 'A' }, /^id may hold/],
  [{ id: '..', title: 'A' }, /^id may hold/],
  [{ id: 'a/b', title: 'A' }, /^id may hold/],
  [{ id: 'a b', title: 'A' }, /^id may hold/],
  [{ id: "a'--", title: 'A' }, /^id may hold/],
  [{ id: 'x'.repeat(129), title: 'A' }, /^id may hold/],
  [{ id: 'a' }, 'title must be a text'],
  [{ id: 'a', title: ' \t ' }, 'title must be a text'],
  [{ id: 'a', title: 'x'.repeat(2_001) }, /^title is longer/],
  [{ id: 'a', title: 'A', body: 7 }, 'body must be a text'],
  [{ id: 'a', title: 'A', body: 'x'.repeat(1_000_001) }, /^body is longer/],
  [{ id: 'a', title: 'A', keywords: [1] }, /^keywords must be/],
  [{ id: 'a', title: 'A', keywords: {} }, /^keywords must be/],
  [{ id: 'a', title: 'A', links: 'b' }, /^links must be/],
  [{ id: 'a', title: 'A', links: [null] }, /^links must be/],
  [{ id: 'a', title: 'A', links: [{ relation: 'x' }] }, /^links must be/],
  [{ id: 'a', title: 'A', links: [{ id: 'b', relation: 7 }] }, /^links must be/],
  [{ id: 'a', title: 'A', url: 'javascript:alert(1)' }, /^url must start/],
  [{ id: 'a', title: 'A', url: 'data:text/html,x' }, /^url must start/],
  [{ id: 'a', title: 'A', url: '//elsewhere.example/x' }, /^url must start/],
  [{ id: 'a', title: 'A', url: 'http://x/\r\nset-cookie: a' }, /^url must start/],
  [{ id: 'a', title: 'A', url: 'https://' }, /^url must start/],
])('%j is refused: %s', (value, wrong) => {
  expect(wrongOf(value)).toMatch(wrong);
});

test('what an object inherits is no page', () => {
  expect(wrongOf(JSON.parse('{"__proto__":{"id":"a","title":"A"}}'))).toBe('id must be a text');
});

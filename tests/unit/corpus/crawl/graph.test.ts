import { expect, test } from 'vitest';
import { toPages, type Content, type Visited } from '../../../../corpus/crawl/graph.ts';
import { createIds } from '../../../../corpus/crawl/ids.ts';
import { isPageId } from '../../../../corpus/page.ts';
import { createSkipList } from '../../../../corpus/report.ts';

const pathOf = (address: string) => address.replace('http://h/', '');
const origin = { pathOf, label: pathOf, urlOf: (address: string) => address };
const at = (path: string) => `http://h/${path}`;
const content = (title: string, ...links: string[]): Content => ({
  title,
  text: `${title}.`,
  keywords: [],
  links: links.map(at),
});
const visit = (path: string, what: Content, canonical?: string): Visited => ({
  address: at(path),
  content: what,
  canonical: canonical && at(canonical),
});

function pagesOf(visited: Visited[], moved: [string, string][] = []) {
  const skipped = createSkipList();
  const pages = toPages('site', origin, visited, new Map(moved.map(([from, to]) => [at(from), at(to)])), skipped);
  return { pages: pages.map((page) => [page.id, ...page.links.map((link) => link.id)]), skipped: skipped.examples() };
}

test('links become links between pages, each once, without those to itself and to nowhere', () => {
  const { pages } = pagesOf([visit('a', content('A', 'b', 'b', 'a', 'gone')), visit('b', content('B'))]);
  expect(pages).toEqual([['site.a', 'site.b'], ['site.b']]);
});

test('links lead to where redirects end', () => {
  const moved: [string, string][] = [
    ['old', 'older'],
    ['older', 'b'],
    ['round', 'and-round'],
    ['and-round', 'round'],
    ['out', 'gone'],
  ];
  const { pages } = pagesOf([visit('a', content('A', 'old', 'round', 'out')), visit('b', content('B'))], moved);
  expect(pages[0]).toEqual(['site.a', 'site.b']);
});

test('a page is known by its canonical address, if that is there', () => {
  const same = content('Same');
  const { pages, skipped } = pagesOf([
    visit('p?x=1', same, 'p'),
    visit('p', same),
    visit('q', content('Q', 'p?x=1'), 'missing'),
  ]);
  expect(pages).toEqual([['site.p'], ['site.q', 'site.p']]);
  expect(skipped).toEqual([{ where: 'p?x=1', reason: 'imported under its canonical address: p' }]);
});

test('pages that each call the other canonical are not both lost', () => {
  const { pages } = pagesOf([visit('a', content('A'), 'b'), visit('b', content('B'), 'a')]);
  expect(pages).toEqual([['site.b']]);
  const three = pagesOf([visit('a', content('A'), 'b'), visit('b', content('B'), 'c'), visit('c', content('C'), 'a')]);
  expect(three.pages).toHaveLength(1);
});

test('of equal pages the first stays, and links to the others lead to it', () => {
  const same = content('Same');
  const { pages, skipped } = pagesOf([visit('one', same), visit('two', same), visit('c', content('C', 'two'))]);
  expect(pages).toEqual([['site.one'], ['site.c', 'site.one']]);
  expect(skipped).toEqual([{ where: 'two', reason: 'same content as another page: one' }]);
});

test('a page without a title is called by its path', () => {
  const untitled = { ...content(''), text: 'x' };
  const pages = toPages(
    'site',
    origin,
    [visit('docs/getting_started.html', untitled), visit('', untitled)],
    new Map(),
    createSkipList(),
  );
  expect(pages.map((page) => page.title)).toEqual(['getting started']);
});

test('ids are readable, fit addresses, and are never given twice', () => {
  const idOf = createIds('docs');
  const paths = [
    'lang/select.html',
    'Lang/Select.HTML',
    'lang_select',
    'index.html',
    '',
    'lang/index.html',
    'a%20b.html?v=2',
    'café.htm',
    'ドキュメント.html',
    'データ.html',
    'x'.repeat(300),
    `${'x'.repeat(299)}y`,
    '%zz',
    '../..',
    '.',
    '"><script>',
  ];
  const ids = paths.map(idOf);
  expect(new Set(ids).size).toBe(paths.length);
  expect(ids.filter((id) => !isPageId(id))).toEqual([]);
  expect(ids.slice(0, 8)).toEqual([
    'docs.lang-select',
    'docs.lang-select-2',
    'docs.lang-select-3',
    'docs.index',
    'docs.index-2',
    'docs.lang',
    'docs.a-b-v-2',
    'docs.cafe',
  ]);
  expect(createIds('docs')('ドキュメント.html')).toBe(ids[8]);
});

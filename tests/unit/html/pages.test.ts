import { expect, test } from 'vitest';
import type { Page } from '../../../search/page.ts';
import type { Making } from '../../../search/making.ts';
import { failurePage } from '../../../web/failure-page.ts';
import { pageView } from '../../../services/html/page.ts';
import { resultsPage } from '../../../services/html/results.ts';
import type { SearchResults } from '../../../search/results.ts';
import { elements } from '../../support/html-elements.ts';

const assets = { stylesheet: '/s.css', script: '/s.js', connection: '/c.js', icon: '/i.svg' };
const surroundings = { assets, defaultStyle: 'object-based' as const };
const making: Making = {
  tookMs: 12.34,
  via: ['client-1', 'gateway-2', 'app-1'],
  servedBy: ['query-1', 'html-1'],
  style: 'object-based',
};
const result = { id: 'n1', title: 'dog & co', url: '/page/n1', snippet: 'a dog barks', score: 9.8765 };
const found: SearchResults = { query: 'dog', terms: ['dog'], total: 25, page: 2, size: 10, results: [result] };
const page: Page = {
  id: 'n1',
  title: 'dog',
  body: 'first\n\nsecond',
  keywords: ['noun.animal'],
  url: '/page/n1',
  links: [],
};

const neighbours = { before: [{ id: 'n0', title: 'cat' }], after: [{ id: 'n2', title: 'fox & hen' }] };

const every: readonly (readonly [string, string])[] = [
  ['home', resultsPage({ ...found, query: '', total: 0, results: [] }, making, surroundings)],
  ['results', resultsPage(found, making, surroundings)],
  ['nothing found', resultsPage({ ...found, total: 0, results: [] }, making, surroundings)],
  ['a page of the corpus', pageView({ page, neighbours, popularity: 0.256 }, making, surroundings)],
  ['a failure', failurePage({ status: 503, title: 'Away', detail: 'Nobody answers.' }, assets)],
];

test.each(every)(
  '%s: one main, one first heading, one search with a label, a language, a way past the header',
  (_name, html) => {
    const all = elements(html);
    const count = (tag: string) => all.filter((element) => element.tag === tag).length;
    expect([count('main'), count('h1'), count('form'), count('footer')]).toEqual([1, 1, 1, 1]);
    expect(all.find(({ tag }) => tag === 'html')?.attributes.lang).toBe('en');
    expect(all.find(({ tag }) => tag === 'form')?.attributes).toMatchObject({
      role: 'search',
      action: '/search',
      method: 'get',
    });
    const input = all.find(({ tag, attributes }) => tag === 'input' && attributes.type === 'search');
    expect(
      all.find(({ tag, attributes }) => tag === 'label' && attributes.for === input?.attributes.id)?.text,
    ).not.toBe('');
    expect(all.find(({ tag }) => tag === 'a')?.attributes).toMatchObject({ class: 'skip', href: '#content' });
    expect(all.find(({ attributes }) => attributes.id === 'content')?.tag).toBe('main');
  },
);

test.each(every)('%s: ids are unique, buttons and links have words, headings skip no level', (_name, html) => {
  const all = elements(html);
  const ids = all.flatMap(({ attributes }) => attributes.id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { tag, text, attributes } of all) {
    if (tag === 'a' || tag === 'button') expect(text || attributes['aria-label']).toBeTruthy();
  }
  const levels = all.flatMap(({ tag }) => (/^h[1-6]$/.test(tag) ? Number(tag[1]) : []));
  for (const [i, level] of levels.entries()) expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1);
});

test('results: the words are marked, the range and the time are told, the numbers go on', () => {
  const html = resultsPage(found, making, surroundings);
  expect(html).toContain('a <mark>dog</mark> barks');
  expect(html).toContain('11 to 11 of 25 pages');
  expect(html).toContain('12.3 ms, object-based style');
  expect(html).toContain('<ol class="results" start="11">');
  expect(html).toContain('score 9.877');
  expect(html).toContain('dog &amp; co');
});

test('the home page tells who made it, and no time: nothing was looked for yet', () => {
  const html = resultsPage({ ...found, query: ' ', total: 0, results: [] }, making, surroundings);
  expect(html).toContain('how this page was made, object-based style');
  expect(html).not.toMatch(/ms\b/);
});

test('every link of a results page keeps what was chosen', () => {
  const explained = {
    ...result,
    explanation: { terms: [], relevance: 1, popularity: 0.5, popularityScore: 1, score: 2 },
  };
  const html = resultsPage({ ...found, size: 5, results: [explained] }, { ...making, style: 'layered' }, surroundings);
  const hrefs = elements(html).flatMap(({ tag, attributes }) => (tag === 'a' ? (attributes.href ?? []) : []));
  expect(hrefs).toContain('/search?q=dog&page=3&size=5&explain=true&style=layered');
  expect(hrefs).toContain('/search?q=dog&page=2&size=5&style=layered');
  expect(hrefs).toContain('/search?q=dog&page=2&size=5&explain=true');
  const hidden = elements(html).filter(({ attributes }) => attributes.type === 'hidden');
  expect(hidden.map(({ attributes }) => `${attributes.name}=${attributes.value}`)).toEqual([
    'size=5',
    'explain=true',
    'style=layered',
  ]);
});

test('a suggestion is offered, a page beyond the last leads back to it', () => {
  expect(resultsPage({ ...found, suggestion: 'dogs' }, making, surroundings)).toContain(
    'Did you mean <a href="/search?q=dogs">dogs</a>?',
  );
  const beyond = resultsPage({ ...found, page: 9, results: [] }, making, surroundings);
  expect(beyond).toContain('There is no such page of results');
  expect(beyond).toContain('href="/search?q=dog&amp;page=3"');
});

test('a page has its paragraphs, its keywords as searches, and its links by relation, long lists folded', () => {
  const links = Array.from({ length: 30 }, (_, i) => ({ id: `n${i}`, title: `kind ${i}`, relation: 'hyponym' }));
  const html = pageView({ page: { ...page, url: 'https://example.org/dog', links } }, making, surroundings);
  expect(html).toContain('<p class="body">first</p><p class="body">second</p>');
  expect(html).toContain('href="/search?q=keywords%3A%22noun.animal%22"');
  expect(html).toContain('<h2>Kinds of it</h2>');
  expect(html).toContain('<summary>6 more</summary>');
  expect(html).toContain('<a href="https://example.org/dog" rel="noreferrer">');
});

test('a page without a title still has a name to click', () => {
  expect(
    elements(pageView({ page: { ...page, title: '' } }, making, surroundings)).find(({ tag }) => tag === 'h1')?.text,
  ).toBe('n1');
});

test('a page links to its own trace where traces are kept and shown', () => {
  const traced = { ...making, requestId: 'a b' };
  const linksOf = (html: string) => elements(html).map(({ attributes }) => attributes.href);
  expect(linksOf(resultsPage(found, traced, { ...surroundings, traced: true }))).toContain('/trace/a%20b');
  expect(linksOf(pageView({ page }, traced, { ...surroundings, traced: true }))).toContain('/trace/a%20b');
  expect(linksOf(resultsPage(found, traced, surroundings))).not.toContain('/trace/a%20b');
});

test('a page shows its neighbours and its popularity, and is whole without them', () => {
  const html = pageView({ page, neighbours, popularity: 0.256 }, making, surroundings);
  const texts = elements(html);
  expect(texts.find(({ tag, attributes }) => tag === 'nav' && attributes['aria-label'] !== undefined)?.text).toBe(
    'Pages before itcatPages after itfox & hen',
  );
  expect(texts.map(({ attributes }) => attributes.href)).toEqual(expect.arrayContaining(['/page/n0', '/page/n2']));
  expect(html).toContain('Popularity: 26 of 100');
  const alone = pageView({ page }, making, surroundings);
  expect(alone).not.toMatch(/Popularity|Pages before it|Pages after it/);
});

test('an answer from memory says so, and how old it is; every other answer says nothing', () => {
  const note = /A part of the search engine is down now.*made (\d+ seconds?) ago/;
  for (const [ageMs, words] of [
    [400, '1 second'],
    [61_700, '62 seconds'],
  ] as const) {
    const stale = { ...making, staleMs: ageMs };
    expect(note.exec(resultsPage(found, stale, surroundings))?.[1]).toBe(words);
    expect(note.exec(pageView({ page }, stale, surroundings))?.[1]).toBe(words);
  }
  expect(resultsPage(found, making, surroundings)).not.toMatch(note);
});

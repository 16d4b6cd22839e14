import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { context } from '../gateway/harness.ts';
import { attacks, smallCorpus } from './pages.ts';
import { smallSystem, type SmallSystem } from './small-system.ts';

const queries = [
  'dog',
  'domestic dogs',
  'dogs dogs animal',
  '"domesticated animal"',
  'animal -cat',
  '-dog',
  'title:breed 7',
  'the of and',
  '!!!',
  'zzzz',
  '東京',
  '🐕',
  'a'.repeat(10_000),
  ...attacks,
];

describe.each([1, 2, 4])('over %i shards', (shards) => {
  let system: SmallSystem;
  beforeAll(async () => {
    system = await smallSystem(shards);
  });
  afterAll(() => system.stop());

  const search = (q: string, style: 'object-based' | 'layered', page = 1, explain = false) =>
    system.app.search({ search: { q, page, size: 10, explain }, style, format: 'json' }, context());

  test('both styles give the same answer byte for byte', async () => {
    for (const q of queries) {
      for (const page of [1, 2]) {
        const [objectBased, layered] = [
          await search(q, 'object-based', page, true),
          await search(q, 'layered', page, true),
        ];
        expect(JSON.stringify(layered.results)).toBe(JSON.stringify(objectBased.results));
      }
    }
  });

  test('a search finds what it should, best first, and goes on where the page before ended', async () => {
    const [first, second] = [await search('dogs', 'object-based'), await search('dogs', 'object-based', 2)];
    expect(first.results.results[0]?.id).toBe('dog');
    expect(first.results.total).toBeGreaterThan(40);
    const ids = [...first.results.results, ...second.results.results].map(({ id }) => id);
    expect(new Set(ids).size).toBe(20);
    expect(first.tookMs).toBeGreaterThan(0);
  });

  test('object-based: the application server calls each service itself', async () => {
    system.calls.length = 0;
    const seen = context();
    await system.app.search(
      { search: { q: 'dog', page: 1, size: 10, explain: false }, style: 'object-based', format: 'html' },
      seen,
    );
    const databases = Array.from({ length: shards }, (_, i) => `database-${i + 1}-1`);
    expect(seen.servedBy[0]).toBe('app-1');
    expect([...new Set(seen.servedBy)].sort()).toEqual(['app-1', ...databases, 'html-1', 'query-1', 'ranking-1']);
    expect(system.calls.filter((call) => !call.startsWith('database')).sort()).toEqual([
      'app-1.search',
      'html-1.results',
      'query-1.plan',
      'ranking-1.rank',
    ]);
  });

  test('layered: no edge skips a layer', async () => {
    system.calls.length = 0;
    await system.app.search(
      { search: { q: 'dog', page: 1, size: 10, explain: false }, style: 'layered', format: 'html' },
      context(),
    );
    expect(system.calls.slice(0, 4)).toEqual(['app-1.search', 'html-1.search', 'ranking-1.search', 'query-1.search']);
    expect(system.calls.slice(4).every((call) => /^database-\d-1\.find$/.test(call))).toBe(true);
  });

  test('a page view asks for the page, its popularity and its neighbours at the same time', async () => {
    system.calls.length = 0;
    const { html } = await system.app.page({ id: 'dog', format: 'html' }, context());
    const operations = system.calls.map((call) => call.replace(/-\d+-1|-1/, ''));
    expect(operations.slice(1, -1).toSorted()).toEqual([
      ...Array.from({ length: shards }, () => 'database.neighbours'),
      'database.pages',
      'database.popularity',
    ]);
    expect(operations.at(-1)).toBe('html.page');
    // In the order of ids, whatever shards they are on.
    const beside = [...html!.matchAll(/href="\/page\/([^"]+)"/g)].map(([, id]) => id).slice(2);
    const ids = smallCorpus.map(({ id }) => id).toSorted();
    const at = ids.indexOf('dog');
    expect(beside).toEqual([...ids.slice(at - 3, at), ...ids.slice(at + 1, at + 4)]);
    expect(html).toContain('Popularity: 20 of 100');
  });

  test('pages are found on whatever shard they are, with their links', async () => {
    for (const id of ['dog', 'cat', 'puppy', 'breed-7']) {
      expect((await system.app.page({ id, format: 'json' }, context())).page).toMatchObject({ id });
    }
    const { page } = await system.app.page({ id: 'dog', format: 'json' }, context());
    expect(page.links).toEqual([
      { id: 'animal', relation: 'hypernym', title: 'animal' },
      { id: 'puppy', relation: 'hyponym', title: 'puppy' },
    ]);
    await expect(system.app.page({ id: 'nobody', format: 'json' }, context())).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('the empty query', () => {
  let system: SmallSystem;
  beforeAll(async () => {
    system = await smallSystem(1, 'layered');
  });
  afterAll(() => system.stop());

  test.each(['', '   ', '\n\t'])('%j asks nobody and finds nothing', async (q) => {
    system.calls.length = 0;
    const answer = await system.app.search(
      { search: { q, page: 1, size: 10, explain: false }, format: 'json' },
      context(),
    );
    expect(answer.results).toEqual({ query: q, terms: [], total: 0, page: 1, size: 10, results: [] });
    expect(system.calls).toEqual(['app-1.search']);
  });

  test('the topology’s style is the one that is taken when none is asked for', async () => {
    system.calls.length = 0;
    await system.app.search({ search: { q: 'dog', page: 1, size: 10, explain: false }, format: 'json' }, context());
    expect(system.calls[1]).toBe('html-1.search');
  });
});

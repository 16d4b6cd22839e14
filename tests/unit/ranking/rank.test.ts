import { describe, expect, test } from 'vitest';
import type { Candidate, FindResult } from '../../../search/find-result.ts';
import { parse } from '../../../services/query/parse.ts';
import { rankingComponent } from '../../../services/ranking/component.ts';
import { rank } from '../../../services/ranking/rank.ts';
import { isWordTerm } from '../../../search/names.ts';
import { candidatesFor } from '../../../search/candidates.ts';
import { rankRequest } from '../../../services/ranking/rank-request.ts';
import { searchResults } from '../../../search/search-results.ts';
import { context, environment } from '../gateway/harness.ts';

const candidate = (id: string, overrides: Partial<Candidate> = {}): Candidate => ({
  id,
  title: `title of ${id}`,
  url: `/page/${id}`,
  passage: `passage of ${id}`,
  frequencies: [1, 0, 1, 0, 0, 1],
  lengths: [2, 3, 20],
  popularity: 0.2,
  ...overrides,
});
const found = (candidates: Candidate[]): FindResult => ({
  total: 1_000,
  statistics: { documents: 5_000, fieldLengths: [10_000, 15_000, 100_000], frequencies: [40, 900] },
  candidates,
});
const search = { q: 'hot dogs', page: 1, size: 10, explain: false };
const parsed = parse(search.q).plan;
/** The words alone: the candidates above have numbers for two terms. */
const plan = { ...parsed, terms: parsed.terms.filter(({ term }) => isWordTerm(term)) };
const ranked = (candidates: Candidate[], overrides = {}) =>
  rank({ ...rankRequest(search, plan, found(candidates)), ...overrides });

describe('the order', () => {
  test('is by score: more of the words, in the title, on popular pages comes first', () => {
    const order = ranked([
      candidate('plain'),
      candidate('less', { frequencies: [0, 0, 1, 0, 0, 1] }),
      candidate('popular', { popularity: 0.4 }),
      candidate('more', { frequencies: [1, 0, 1, 1, 0, 3] }),
    ]);
    expect(order.map(({ id }) => id)).toEqual(['more', 'popular', 'plain', 'less']);
    expect(order.map(({ score }) => score)).toEqual(order.map(({ score }) => score).sort((a, b) => b - a));
  });

  test('of equal scores is by id, in whatever order they came', () => {
    const twins = ['b', 'a', 'c', 'B'].map((id) => candidate(id));
    expect(ranked(twins).map(({ id }) => id)).toEqual(['B', 'a', 'b', 'c']);
    expect(ranked(twins.reverse()).map(({ id }) => id)).toEqual(['B', 'a', 'b', 'c']);
  });

  test('gives the page that was asked for, and nothing behind the end', () => {
    const twins = ['a', 'b', 'c', 'd', 'e'].map((id) => candidate(id));
    expect(ranked(twins, { offset: 2, size: 2 }).map(({ id }) => id)).toEqual(['c', 'd']);
    expect(ranked(twins, { offset: 4, size: 2 }).map(({ id }) => id)).toEqual(['e']);
    expect(ranked(twins, { offset: 10, size: 2 })).toEqual([]);
  });
});

test('an explanation adds up to the score, to the last bit', () => {
  const [first] = ranked([candidate('a', { popularity: 0.7 })], { explain: true });
  const { terms, relevance, popularity, popularityScore, score } = first!.explanation!;
  expect(terms.map(({ term, weight, frequencies }) => ({ term, weight, frequencies }))).toEqual([
    { term: 'hot', weight: 1, frequencies: [1, 0, 1] },
    { term: 'dog', weight: 1, frequencies: [0, 0, 1] },
  ]);
  expect(terms[0]!.idf).toBeGreaterThan(terms[1]!.idf);
  expect(terms.reduce((sum, term) => sum + term.score, 0)).toBe(relevance);
  expect(relevance + popularityScore).toBeCloseTo(score, 12);
  expect([popularity, score]).toEqual([0.7, first!.score]);
});

test('without being asked it explains nothing', () => {
  expect(ranked([candidate('a')])[0]).not.toHaveProperty('explanation');
});

describe('the candidates asked for', () => {
  test.each([
    [1, 10, 25],
    [3, 10, 30],
    [10, 100, 1_000],
    [1_000, 100, 1_000],
  ])('page %i of %i each: %i from every shard', (page, size, expected) => {
    expect(candidatesFor({ ...search, page, size })).toBe(expected);
  });
});

test('the answer joins the order with what readers see, and says what was looked for', () => {
  const candidates = [candidate('a'), candidate('b', { popularity: 1 })];
  const results = searchResults(search, plan, 'hot dog', found(candidates), ranked(candidates));
  expect(results).toMatchObject({
    query: 'hot dogs',
    terms: ['hot', 'dog'],
    total: 1_000,
    page: 1,
    size: 10,
    suggestion: 'hot dog',
  });
  expect(results.results.map(({ id, title, url, snippet }) => [id, title, url, snippet])).toEqual([
    ['b', 'title of b', '/page/b', 'passage of b'],
    ['a', 'title of a', '/page/a', 'passage of a'],
  ]);
});

test('in layered style it asks the query generator and gives the same answer, byte for byte', async () => {
  const candidates = ['c', 'a', 'b'].map((id, i) => candidate(id, { popularity: i / 10 }));
  const request = { ...search, size: 2, explain: true };
  const asked: unknown[] = [];
  const query = {
    search: async (given: unknown) => {
      asked.push(given);
      return { plan, suggestion: 'hot dog', found: found(candidates) };
    },
  };
  const { handlers } = await rankingComponent.create(
    environment(rankingComponent, 'ranking-1', { query } as never, { style: 'layered' }),
  );
  const layered = await handlers.search(request, context());
  const { ranked: order } = await handlers.rank(rankRequest(request, plan, found(candidates)), context());
  expect(JSON.stringify(layered)).toBe(
    JSON.stringify(searchResults(request, plan, 'hot dog', found(candidates), order)),
  );
  expect(layered.results.length).toBe(2);
  expect(asked).toEqual([request]);
});

test('candidates without their counts are refused: they must not crash the node, nor be ranked somehow', () => {
  const refusal = expect.objectContaining({ code: 'bad_request' }) as Error;
  expect(() => ranked([candidate('a'), candidate('b', { frequencies: [] })])).toThrow(refusal);
});

test.each([
  ['a page that is no candidate', ['a', 'b-a'], /b-a/],
  ['a page twice', ['a', 'a'], /page a/],
  ['more pages than were asked for', ['a', 'b', 'c'], /3 pages/],
])('a reply that ranks %s contradicts its request, alone and in a batch', (_, ids, why) => {
  const { rank: single, rankMany } = rankingComponent.contract.operations;
  const request = { ...rankRequest(search, plan, found(['a', 'b', 'c'].map((id) => candidate(id)))), size: 2 };
  const reply = { ranked: ids.map((id) => ({ id, score: 1 })) };
  const batch = { replies: [{ problem: { code: 'conflict' } }, { reply }] };
  expect(() => single.checkResponse(reply, request)).toThrow(why);
  expect(() => rankMany.checkResponse(batch, { requests: [request, request] })).toThrow(why);
  expect(() => single.checkResponse({ ranked: rank(request) }, request)).not.toThrow();
});

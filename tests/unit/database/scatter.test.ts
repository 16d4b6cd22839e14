import { expect, test } from 'vitest';
import { seededRandom } from '../../../shared/time/random.ts';
import { madePages } from './made-pages.ts';
import { madePlan } from './made-plans.ts';
import { createOracle, expectSame } from './oracle.ts';
import { ranked, shardedSearch } from './sharded.ts';

const pages = madePages(seededRandom('pages'), 1_200);
const random = seededRandom('plans');
const queries = Array.from({ length: 500 }, (_, i) => ({ plan: madePlan(random, pages), size: [1, 10, 50][i % 3]! }));
const oracle = createOracle(pages);
const answers = queries.map(({ plan, size }) => oracle(plan, size));

test('the 500 queries are of every kind, and most find something', () => {
  const share = (predicate: (query: (typeof queries)[number], i: number) => boolean) =>
    queries.filter(predicate).length;
  expect(share(({ plan }) => plan.phrases.length > 0)).toBeGreaterThan(80);
  expect(share(({ plan }, i) => plan.phrases.length > 0 && answers[i]!.total > 0)).toBeGreaterThan(60);
  expect(share(({ plan }) => plan.exclusions.length > 0)).toBeGreaterThan(60);
  expect(share(({ plan }) => plan.terms.some(({ field }) => field !== undefined))).toBeGreaterThan(80);
  expect(share(({ plan }) => plan.terms.some(({ weight }) => weight > 1))).toBeGreaterThan(80);
  expect(share(({ plan }) => plan.terms.length > 30)).toBeGreaterThan(10);
  expect(share((_, i) => answers[i]!.total === 0)).toBeGreaterThan(20);
  expect(share(({ size }, i) => answers[i]!.total > size)).toBeGreaterThan(250);
});

test.each([1, 2, 4])(
  '500 queries over %i shards are answered as one node would that reads every page, bit for bit',
  async (shards) => {
    const search = await shardedSearch(pages, shards);
    for (const [i, { plan, size }] of queries.entries()) {
      expectSame(ranked(plan, size, await search.find(plan, size)), answers[i], plan);
    }
  },
);

test('what is asked again takes one round, and is answered alike', async () => {
  const shards = 3;
  const search = await shardedSearch(pages, shards);
  const some = queries.slice(0, 150);
  for (const { plan, size } of some) await search.find(plan, size);
  const first = search.calls();
  expect(first).toBeGreaterThan(some.length * shards);
  for (const [i, { plan, size }] of some.entries()) {
    expectSame(ranked(plan, size, await search.find(plan, size)), answers[i], plan);
  }
  expect(search.calls() - first).toBe(some.length * shards);
});

test('statistics of a centre: true ones take one round, old ones another round, never another answer', async () => {
  const shards = 3;
  const search = await shardedSearch(pages, shards);
  const some = queries.slice(0, 100).map((query, i) => ({ ...query, answer: answers[i]! }));
  for (const { plan, size, answer } of some)
    expectSame(ranked(plan, size, await search.find(plan, size, answer.statistics)), answer, plan);
  const calls = search.calls();
  expect(calls).toBe(some.length * shards);
  for (const { plan, size, answer } of some) {
    const { documents, fieldLengths, frequencies } = answer.statistics;
    const old = { documents: documents - 7, fieldLengths, frequencies: frequencies.map((n) => Math.ceil(n / 3)) };
    expectSame(ranked(plan, size, await search.find(plan, size, old)), answer, plan);
  }
  expect(search.calls() - calls).toBeGreaterThan(some.length * shards);
});

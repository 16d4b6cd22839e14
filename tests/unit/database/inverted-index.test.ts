import { expect, test } from 'vitest';
import { createInvertedIndex } from '../../../services/database/index/inverted-index.ts';
import { analyse } from '../../../search/text/analysis.ts';
import type { QueryPlan } from '../../../search/plan.ts';
import { seededRandom } from '../../../shared/time/random.ts';
import { madePages, words } from './made-pages.ts';
import { madePlan } from './made-plans.ts';
import { segmentOf } from './memory.ts';
import { createOracle, expectSame } from './oracle.ts';

const pages = madePages(seededRandom('windows'), 800);
const { segment, ids } = segmentOf(pages);
const oracle = createOracle(pages);

function allOf(terms: readonly string[]): QueryPlan {
  return { query: '', terms: [...new Set(terms)].map((term) => ({ term, weight: 1 })), phrases: [], exclusions: [] };
}

test.each([
  { windowBits: 5, boundedFrom: 2 },
  { windowBits: 7, boundedFrom: 40 },
  { windowBits: 16, boundedFrom: 1 },
])('windows and bounds change the work, never the answer: %o', (grain) => {
  const index = createInvertedIndex(segment, grain);
  const random = seededRandom(`plans ${grain.windowBits}`);
  for (let i = 0; i < 150; i++) {
    const plan = madePlan(random, pages);
    const { hits, total, statistics } = index.find(plan, 10, undefined);
    const ranked = hits.map(({ doc, score }) => ({ id: ids[doc], score }));
    expectSame({ total, statistics, ranked }, oracle(plan, 10), plan);
  }
});

test('bounds save work: of a frequent and a rare word, few postings of the frequent one are read', () => {
  const index = createInvertedIndex(segment, { windowBits: 6, boundedFrom: 8 });
  const plan = allOf(analyse(`${words[1]} ${words[800]} ${words[900]}`).terms);
  const { postings, total, statistics } = index.find(plan, 1, undefined);
  expect(total).toBeGreaterThan(0);
  expect(postings).toBeLessThan(statistics.frequencies.reduce((sum, frequency) => sum + frequency, 0) / 2);
});

test('believed statistics decide what is best, own ones are answered', () => {
  const index = createInvertedIndex(segment);
  const plan = allOf(analyse(`${words[3]} ${words[40]}`).terms);
  const own = index.find(plan, 1_000, undefined);
  const believed = { documents: 1_000_000, fieldLengths: [900_000, 40_000_000, 3_000_000], frequencies: [900_000, 3] };
  const told = index.find(plan, 1_000, believed);
  expect(told.statistics).toEqual(own.statistics);
  expect(told.total).toBe(own.total);
  expect(told.hits.map(({ doc }) => doc)).not.toEqual(own.hits.map(({ doc }) => doc));
  // Whatever is believed, skipping changes nothing.
  const few = createInvertedIndex(segment, { windowBits: 5, boundedFrom: 2 }).find(plan, 10, believed);
  expect(few.hits).toEqual(told.hits.slice(0, 10));
});

test('a query of more words than anyone types is answered, exactly', () => {
  const plan = allOf(words.slice(0, 700).flatMap((word) => analyse(word).terms));
  expect(plan.terms.length).toBeGreaterThan(600);
  const { hits, total } = createInvertedIndex(segment).find(plan, 5, undefined);
  const expected = oracle(plan, 5);
  expect(total).toBe(expected.total);
  expect(hits.map(({ doc, score }) => ({ id: ids[doc], score }))).toEqual(expected.ranked);
});

test('equal scores come in the order of the ids', () => {
  const plan = allOf(analyse('the very same text on many pages').terms);
  const { hits } = createInvertedIndex(segment).find(plan, 10, undefined);
  expect(new Set(hits.map(({ score }) => score)).size).toBe(1);
  expect(hits.map(({ doc }) => ids[doc])).toEqual(hits.map(({ doc }) => ids[doc]!).toSorted());
});

test('an empty plan and an empty index find nothing', () => {
  expect(createInvertedIndex(segment).find(allOf([]), 10, undefined)).toMatchObject({ total: 0, hits: [] });
  const empty = createInvertedIndex(segmentOf([]).segment).find(allOf(['dog']), 10, undefined);
  expect(empty).toMatchObject({
    total: 0,
    hits: [],
    statistics: { documents: 0, fieldLengths: [0, 0, 0], frequencies: [0] },
  });
});

test('a candidate says how often each term stands in each field, a term that names a field only there', () => {
  const { segment, ids } = segmentOf([
    {
      id: 'b',
      title: 'dog dog',
      keywords: ['dog', 'cat dog'],
      body: 'a dog and a cat',
      url: '',
      links: [],
      popularity: 0.5,
    },
    { id: 'a', title: 'nothing', keywords: [], body: '', url: '', links: [], popularity: 0 },
  ]);
  const plan: QueryPlan = {
    query: '',
    terms: [
      { term: 'dog', weight: 1 },
      { term: 'dog', weight: 1, field: 'keywords' },
      { term: 'bird', weight: 1 },
    ],
    phrases: [],
    exclusions: [],
  };
  const { hits, statistics } = createInvertedIndex(segment).find(plan, 10, undefined);
  expect(ids).toEqual(['a', 'b']);
  expect(statistics).toEqual({ documents: 2, fieldLengths: [3, 3, 5], frequencies: [1, 1, 0] });
  expect(hits).toEqual([
    { doc: 1, score: expect.any(Number), frequencies: [2, 2, 1, 0, 2, 0, 0, 0, 0], lengths: [2, 3, 5] },
  ]);
});

test('a phrase does not run from one keyword into the next', () => {
  const made = (id: string, keywords: string[]) => ({
    id,
    title: '',
    keywords,
    body: '',
    url: '',
    links: [],
    popularity: 0,
  });
  const { segment } = segmentOf([made('apart', ['guide', 'dog']), made('together', ['guide dog'])]);
  const plan = { ...allOf(['guid', 'dog']), phrases: [{ terms: ['guid', 'dog'], positions: [0, 1] }] };
  const { hits, total } = createInvertedIndex(segment).find(plan, 10, undefined);
  expect(total).toBe(1);
  expect(hits.map(({ doc }) => doc)).toEqual([1]);
});

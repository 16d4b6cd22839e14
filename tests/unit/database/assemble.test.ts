import { expect, test } from 'vitest';
import { assembleSegment } from '../../../services/database/index/assemble.ts';
import { createInvertedIndex, type Found } from '../../../services/database/index/inverted-index.ts';
import { indexPartOf } from '../../../services/database/index/part.ts';
import { finish } from '../../../shared/time/work.ts';
import { shardOf } from '../../../search/sharding.ts';
import type { QueryPlan } from '../../../search/plan.ts';
import { seededRandom } from '../../../shared/time/random.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import { madePages } from './made-pages.ts';
import { madePlan } from './made-plans.ts';
import { segmentOf } from './memory.ts';
import { createOracle, expectSame } from './oracle.ts';

const pages = madePages(seededRandom('parts'), 300);
const bodies = new Map(pages.map(({ id, body }) => [id, body]));

function partsOf(plan: QueryPlan, shards: readonly ReturnType<typeof segmentOf>[]) {
  const phrases = [...plan.phrases, ...plan.exclusions];
  const terms = new Set([...plan.terms.map(({ term }) => term), ...phrases.flatMap((phrase) => phrase.terms)]);
  return [...terms].map((term) => ({
    term,
    parts: shards.map(({ segment, ids }) => finish(indexPartOf(segment, term, (number) => ids[number]!))),
  }));
}

const passages = (found: Found, ids: readonly string[]) =>
  found.hits.map((hit) => finish(found.placeInBody(hit, bodies.get(ids[hit.doc]!)!, 200)));

test.each([1, 3])('the parts of the terms of a plan, from %i shards, answer it like the whole index', (count) => {
  const shards = Array.from({ length: count }, (_, i) =>
    segmentOf(pages.filter(({ id }) => shardOf(id, count) === i + 1)),
  );
  const whole = segmentOf(pages);
  const index = createInvertedIndex(whole.segment);
  const oracle = createOracle(pages);
  const random = seededRandom(`plans ${count}`);
  for (let i = 0; i < 60; i++) {
    const plan = madePlan(random, pages);
    const expected = oracle(plan, 10);
    const { segment, ids } = assembleSegment(partsOf(plan, shards));
    const found = createInvertedIndex(segment).find(plan, 10, expected.statistics);
    const ranked = found.hits.map(({ doc, score }) => ({ id: ids[doc]!, score }));
    expect(found.statistics.frequencies).toEqual(expected.statistics.frequencies);
    expectSame({ total: found.total, statistics: expected.statistics, ranked }, expected, plan);
    expect(passages(found, ids)).toEqual(passages(index.find(plan, 10, undefined), whole.ids));
  }
});

test('a part that is too large for the network is refused', () => {
  const { segment, ids } = segmentOf([
    ...Array.from({ length: 10_001 }, (_, i) => ({ ...pages[0]!, id: `many-${i}`, names: ['many'], body: '' })),
    ...Array.from({ length: 30 }, (_, i) => ({ ...pages[0]!, id: `often-${i}`, body: 'often '.repeat(4_000) })),
  ]);
  for (const term of ['mani', 'often'])
    expect(() => finish(indexPartOf(segment, term, (number) => ids[number]!))).toThrow(RpcError);
  expect(finish(indexPartOf(segment, 'nowhere', (number) => ids[number]!)).ids).toEqual([]);
  // One page of over 3 million words.
  const one = segmentOf([{ ...pages[0]!, id: 'long', body: 'long' }]).segment;
  const long = { ...one, anchorStart: Uint32Array.of(0, 100_000), anchors: new Uint32Array(100_000) };
  expect(() => finish(indexPartOf(long, 'long', () => 'long'))).toThrow('in too long texts');
});

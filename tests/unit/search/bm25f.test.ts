import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scorer, type ScoringParameters } from '../../../search/bm25f.ts';

const parameters: ScoringParameters = {
  k1: 1.2,
  b: [0.75, 0.5, 0.75],
  fieldWeights: [5, 1, 1],
  popularityWeight: 0.25,
};
const statistics = { documents: 1_000, fieldLengths: [3_000, 2_000, 20_000], frequencies: [50, 400] };
const terms = [
  { term: 'dog', weight: 1 },
  { term: 'hot', weight: 2 },
];

describe('BM25F', () => {
  test('is the formula of its authors, worked out by hand', () => {
    const score = scorer(terms, statistics, parameters);
    const idf = Math.log(1 + (1_000 - 50 + 0.5) / (50 + 0.5));
    expect(score.idf[0]).toBeCloseTo(idf, 12);
    // In a name of 6 words (average 3), three times in a body of 10 (average 20): the sum saturates once.
    const f = 5 / (0.25 + 0.75 * (6 / 3)) + (1 * 3) / (0.25 + 0.75 * (10 / 20));
    expect(score.term(0, 6, 0, 3, 4, 10)).toBeCloseTo((idf * f) / (1.2 + f), 12);
  });

  test('a term said twice counts more, as twice in a page does: the same formula', () => {
    const twice = scorer(terms, { ...statistics, frequencies: [50, 50] }, parameters);
    const factor = (2 * (1 + 1.2)) / (1.2 + 2);
    expect(twice.term(1, 0, 1, 2, 2, 20)).toBeCloseTo(factor * twice.term(0, 0, 1, 2, 2, 20), 12);
  });

  test('a term that names a field counts there only', () => {
    const score = scorer(
      [{ term: 'dog', weight: 1, field: 'title' }],
      { ...statistics, frequencies: [50] },
      parameters,
    );
    expect(score.term(0, 0, 9, 9, 2, 20)).toBe(0);
    expect(score.term(0, 1, 9, 9, 2, 20)).toBe(score.term(0, 1, 0, 0, 2, 20));
  });

  test('a page without the term gets exactly 0, so that it may be skipped', () => {
    expect(scorer(terms, statistics, parameters).term(0, 0, 0, 0, 2, 20)).toBe(0);
  });

  test('a word on every page still adds to the score, also where the statistics lag behind the shard', () => {
    const score = scorer(terms, { ...statistics, frequencies: [1_000, 1_500] }, parameters);
    expect(score.idf[0]).toBeGreaterThan(0);
    expect(score.idf[1]).toBe(score.idf[0]);
  });

  test('an empty corpus and an empty field give numbers', () => {
    const score = scorer(terms, { documents: 0, fieldLengths: [0, 0, 0], frequencies: [0, 0] }, parameters);
    expect(score.term(0, 1, 1, 1, 1, 1)).toBeGreaterThan(0);
    expect(Number.isFinite(score.term(0, 1, 1, 1, 1, 1))).toBe(true);
  });

  test('popularity lifts by its weight at most, and nothing where there is none', () => {
    const score = scorer(terms, statistics, parameters);
    expect(score.total(8, 0)).toBe(8);
    expect(score.total(8, 1)).toBe(10);
  });
});

test('bounds are exact: more of a term or a shorter page never scores less, and none beats `upper`', () => {
  const count = fc.nat({ max: 60 });
  const length = fc.nat({ max: 400 });
  const name = fc.integer({ min: 1, max: 125 }).map((quarters) => quarters / 4);
  const page = fc.tuple(name, count, count, length, length);
  fc.assert(
    fc.property(page, page, fc.constantFrom(0, 1), ([a, b, c, d, e], [g, h, i, j, k], term) => {
      const score = scorer(terms, statistics, parameters);
      const value = score.term(term, a, b, c, d, e);
      const bound = score.term(term, Math.min(a, g), Math.max(b, h), Math.max(c, i), Math.min(d, j), Math.min(e, k));
      const unnamed = score.term(term, 0, b, c, d, e);
      return (
        unnamed <= value &&
        value <= bound &&
        bound <= score.upper[term]! &&
        score.total(value, 0.3) <= score.total(bound, 0.4)
      );
    }),
    { numRuns: 1_000 },
  );
}, 60_000);

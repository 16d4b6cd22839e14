import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pagerank, popularities } from '../../../search/pagerank.ts';

type Edge = readonly [from: number, to: number];
const ranksOf = (count: number, edges: readonly Edge[]) =>
  pagerank(
    count,
    Int32Array.from(edges, ([from]) => from),
    Int32Array.from(edges, ([, to]) => to),
  );
const sum = (numbers: ArrayLike<number>) => Array.from(numbers).reduce((a, b) => a + b, 0);

describe('PageRank', () => {
  test('solves its equation: a page has the shares of those that link to it', () => {
    //  0 <-> 1,  2 -> 0,  2 -> 1,  3 -> 2
    const ranks = ranksOf(4, [
      [0, 1],
      [1, 0],
      [2, 0],
      [2, 1],
      [3, 2],
    ]);
    const jump = 0.15 / 4;
    expect(ranks[3]).toBeCloseTo(jump, 9);
    expect(ranks[2]).toBeCloseTo(jump + 0.85 * ranks[3]!, 9);
    expect(ranks[0]).toBeCloseTo(jump + 0.85 * (ranks[1]! + ranks[2]! / 2), 9);
    expect(ranks[1]).toBeCloseTo(ranks[0]!, 9);
  });

  test('pages without links pass their rank on to all', () => {
    // 0 -> 1, and 1 is a dead end: r0 = 0.15/2 + 0.85 r1/2, r0 + r1 = 1.
    const ranks = ranksOf(2, [[0, 1]]);
    expect(ranks[0]).toBeCloseTo((0.075 + 0.425) / 1.425, 9);
    expect(sum(ranks)).toBeCloseTo(1, 9);
  });

  test('a link repeated counts once, a link to itself not at all', () => {
    const plain = ranksOf(3, [
      [0, 1],
      [0, 2],
    ]);
    const noisy = ranksOf(3, [
      [0, 1],
      [0, 1],
      [0, 2],
      [1, 1],
      [0, 0],
    ]);
    expect(noisy).toEqual(plain);
  });

  test('ranks sum to 1, and the order of the edges changes no bit', () => {
    const graph = fc.integer({ min: 1, max: 30 }).chain((count) => {
      const page = fc.nat({ max: count - 1 });
      return fc.tuple(fc.constant(count), fc.array(fc.tuple(page, page), { maxLength: 100 }));
    });
    fc.assert(
      fc.property(graph, ([count, edges]) => {
        const ranks = ranksOf(count, edges);
        const reversed = ranksOf(count, [...edges].reverse());
        return Math.abs(sum(ranks) - 1) < 1e-9 && ranks.every((rank, i) => rank > 0 && rank === reversed[i]);
      }),
      { numRuns: 200 },
    );
  }, 60_000);

  test('no pages, no ranks', () => {
    expect(ranksOf(0, []).length).toBe(0);
  });
});

describe('popularity', () => {
  test('is 0 for the least and 1 for the greatest rank, equal steps for equal ratios', () => {
    const [least, middle, greatest] = popularities(Float64Array.of(0.001, 0.01, 0.1));
    expect([least, greatest]).toEqual([0, 1]);
    expect(middle).toBeCloseTo(0.5, 12);
  });

  test('decides nothing where no page is linked, whatever rounding does', () => {
    expect([...popularities(ranksOf(7, []))]).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect([...popularities(Float64Array.of(0.1, 0.1 + 1e-16, 0.1))]).toEqual([0, 0, 0]);
    expect(popularities(new Float64Array(0)).length).toBe(0);
  });
});

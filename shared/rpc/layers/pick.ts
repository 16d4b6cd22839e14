import type { Random } from '../../time/random.ts';

/** Draws an index below `count`. */
export function drawIndex(count: number, random: Random): number {
  return Math.floor(random.next() * count);
}

/**
 * Two different candidates at random, the better one wins: nearly as good as comparing all, without the herd that "the
 * best" attracts (Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, 2001). `isBetter` by index;
 * `count` >= 1.
 */
export function pickOfTwo(count: number, random: Random, isBetter: (a: number, b: number) => boolean): number {
  if (count === 1) return 0;
  const first = drawIndex(count, random);
  const draw = drawIndex(count - 1, random);
  const second = draw >= first ? draw + 1 : draw;
  return isBetter(second, first) ? second : first;
}

import type { Random } from '../../../time/random.ts';

/** Draws an index below `count`. */
export function drawIndex(count: number, random: Random): number {
  return Math.floor(random.next() * count);
}

/**
 * Draws two different candidates at random and takes the better one. This is nearly as good as comparing all, and
 * avoids that all callers choose the same best replica at once (Mitzenmacher, The Power of Two Choices in Randomized
 * Load Balancing, 2001). `isBetter` compares indices; `count` >= 1.
 */
export function pickOfTwo(count: number, random: Random, isBetter: (a: number, b: number) => boolean): number {
  if (count === 1) return 0;
  const first = drawIndex(count, random);
  const draw = drawIndex(count - 1, random);
  const second = draw >= first ? draw + 1 : draw;
  return isBetter(second, first) ? second : first;
}

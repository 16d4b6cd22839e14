import type { Random } from '../random.ts';

/** Draws times, ms, never below 0. */
export type Distribution = (random: Random) => number;

export const constant =
  (ms: number): Distribution =>
  () =>
    ms;

export const exponential =
  (meanMs: number): Distribution =>
  (random) =>
    -meanMs * Math.log(1 - random.next());

/** Box-Muller; cut off at 0. */
export const normal =
  (meanMs: number, deviationMs: number): Distribution =>
  (random) =>
    Math.max(0, meanMs + deviationMs * standardNormal(random));

/**
 * Given by the median and the standard deviation of the logarithm (`sigma`): 0.5 is mildly skewed, 1 has a heavy tail.
 */
export const lognormal =
  (medianMs: number, sigma: number): Distribution =>
  (random) =>
    medianMs * Math.exp(sigma * standardNormal(random));

/** `share` of the draws come from `rare`, the others from `usual`: stragglers. */
export const mixture =
  (usual: Distribution, rare: Distribution, share: number): Distribution =>
  (random) =>
    random.next() < share ? rare(random) : usual(random);

function standardNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

export const uniform =
  (fromMs: number, toMs: number): Distribution =>
  (random) =>
    fromMs + (toMs - fromMs) * random.next();

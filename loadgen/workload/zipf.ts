import type { Random } from '../../shared/time/random.ts';

/** Ranks 1..n with probability proportional to 1/rank^exponent (Zipf 1949), as in word use and page popularity. */
export interface Zipf {
  /** A rank, 1 to n. */
  draw(random: Random): number;
}

/** A table of cumulative weights and a binary search: exact, with 8 bytes per rank. */
export function zipf(n: number, exponent: number): Zipf {
  const cumulative = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < n; i++) cumulative[i] = sum += (i + 1) ** -exponent;
  return {
    draw(random) {
      const x = random.next() * sum;
      let low = 0;
      let high = n - 1;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((cumulative[middle] ?? 0) <= x) low = middle + 1;
        else high = middle;
      }
      return low + 1;
    },
  };
}

/**
 * The maximum-likelihood exponent for the drawn ranks. It solves mean(ln rank) = E_s[ln rank] by bisection: the right
 * side falls with s. `counts[i]` is how often rank i+1 was drawn; undefined when there is nothing to fit.
 */
export function fitZipf(counts: ArrayLike<number>): number | undefined {
  const n = counts.length;
  let total = 0;
  let logSum = 0;
  for (let i = 0; i < n; i++) {
    total += counts[i] ?? 0;
    logSum += (counts[i] ?? 0) * Math.log(i + 1);
  }
  if (total === 0 || n < 2) return undefined;
  const observed = logSum / total;
  let low = 0;
  let high = 10;
  for (let step = 0; step < 50; step++) {
    const s = (low + high) / 2;
    let weights = 0;
    let logs = 0;
    for (let i = 1; i <= n; i++) {
      const weight = i ** -s;
      weights += weight;
      logs += weight * Math.log(i);
    }
    if (logs / weights > observed) low = s;
    else high = s;
  }
  return (low + high) / 2;
}

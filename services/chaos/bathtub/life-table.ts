import type { Spell } from './lives.ts';
import { cumulativeHazard, type Cause } from './weibull.ts';

/** One bin of ages. Rates in failures per ms; `low` to `high` is the 95% interval of the observed rate. */
export interface LifeTableRow {
  readonly fromMs: number;
  readonly toMs: number;
  readonly exposureMs: number;
  readonly failures: number;
  readonly observed: number;
  readonly low: number;
  readonly high: number;
  readonly expected: number;
}

/**
 * The actuarial estimator: the number of failures in a bin of ages, divided by the time that parts spent in this bin.
 * Parts still running at the end count with the time that they ran (right-censored). Restarted parts enter at their age
 * (left-truncated). `expected` weighs the hazard by the ages at which parts really ran. This matters in a bin where the
 * rate rises steeply: few parts live to the end of the bin, so most of the observed ages are near its beginning.
 */
export function lifeTable(
  spells: readonly Spell[],
  causes: readonly Cause[],
  edgesMs: readonly number[],
): LifeTableRow[] {
  return edgesMs.slice(0, -1).map((fromMs, i) => {
    const toMs = edgesMs[i + 1]!;
    let exposureMs = 0;
    let failures = 0;
    let hazardSeen = 0;
    for (const { fromAgeMs, toAgeMs, failed } of spells) {
      const [from, to] = [Math.max(fromAgeMs, fromMs), Math.min(toAgeMs, toMs)];
      if (to > from) {
        exposureMs += to - from;
        hazardSeen += cumulativeHazard(causes, to) - cumulativeHazard(causes, from);
      }
      if (failed && toAgeMs >= fromMs && toAgeMs < toMs) failures++;
    }
    const rate = (count: number) => (exposureMs === 0 ? 0 : count / exposureMs);
    const inBin = (cumulativeHazard(causes, toMs) - cumulativeHazard(causes, fromMs)) / (toMs - fromMs);
    const expected = exposureMs === 0 ? inBin : hazardSeen / exposureMs;
    const [low, high] = byarInterval(failures);
    return { fromMs, toMs, exposureMs, failures, observed: rate(failures), low: rate(low), high: rate(high), expected };
  });
}

/** 95% interval of a Poisson mean from one count: Byar's approximation of the exact one, good to 1% from count 1 on. */
export function byarInterval(count: number): [number, number] {
  const z = 1.96;
  const bound = (n: number, sign: number) => n * (1 - 1 / (9 * n) + (sign * z) / (3 * Math.sqrt(n))) ** 3;
  return [count === 0 ? 0 : bound(count, -1), bound(count + 1, 1)];
}

/** Edges of `bins` bins from 0 to `lastMs`, narrow where the rate changes fast: at both ends. */
export function bathtubEdges(bins: number, lastMs: number): number[] {
  return Array.from({ length: bins + 1 }, (_, i) => lastMs * (0.5 - Math.cos((Math.PI * i) / bins) / 2));
}

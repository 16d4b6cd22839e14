import type { Random } from '../../shared/time/random.ts';
import type { Distribution } from '../../shared/time/sim/distribution.ts';

/** One cycle of a system that fails and is repaired, ms or s. */
export interface Cycle {
  readonly up: number;
  readonly down: number;
}

export const cyclesOf = (n: number, up: Distribution, down: Distribution, random: Random): readonly Cycle[] =>
  Array.from({ length: n }, () => ({ up: up(random), down: down(random) }));

export const totalOf = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const uptimeShare = (cycles: readonly Cycle[]): number => {
  const up = totalOf(cycles.map((cycle) => cycle.up));
  return up / (up + totalOf(cycles.map((cycle) => cycle.down)));
};

/**
 * The standard error of the uptime share, by the delta method for a ratio of means (Cochran, Sampling Techniques,
 * chapter 6): residuals up - A (up + down), over the mean cycle.
 */
export function uptimeError(cycles: readonly Cycle[]): number {
  const share = uptimeShare(cycles);
  const residuals = cycles.map(({ up, down }) => up - share * (up + down));
  const meanCycle = totalOf(cycles.map(({ up, down }) => up + down)) / cycles.length;
  return Math.sqrt(totalOf(residuals.map((each) => each ** 2)) / (cycles.length - 1) / cycles.length) / meanCycle;
}

/** How many of `n` probes at random times find the system up. */
export function probesUp(cycles: readonly Cycle[], n: number, random: Random): number {
  const total = totalOf(cycles.map(({ up, down }) => up + down));
  const times = Array.from({ length: n }, () => total * random.next()).toSorted((a, b) => a - b);
  let found = 0;
  let next = 0;
  let startedAt = 0;
  for (const { up, down } of cycles) {
    for (; next < n && times[next]! < startedAt + up + down; next++) if (times[next]! < startedAt + up) found++;
    startedAt += up + down;
  }
  return found;
}

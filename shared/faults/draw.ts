import { hash32 } from '../time/random.ts';

/**
 * A uniform number from [0, 1), the same for equal arguments. It has no state, so concurrent requests cannot reorder
 * the draws: the same seed hits the same requests (shared/faults/README.md).
 */
export function draw(seed: number, faultId: string, requestId: string, purpose = ''): number {
  return hash32(`${faultId}\u0000${requestId}\u0000${purpose}`, hash32(String(seed))) / 4_294_967_296;
}

export const distributions = ['constant', 'uniform', 'normal', 'exponential', 'pareto'] as const;
export type DistributionName = (typeof distributions)[number];

/** Heavy-tailed, but with a finite variance. */
const paretoShape = 2.5;

/**
 * A sample >= 0 of the given mean, from uniform draws `u` and `v` in [0, 1). `spread`: half the width (uniform), the
 * standard deviation (normal); unused by the others. Normal: Box and Muller 1958, cut off at 0.
 */
export function sample(distribution: DistributionName, mean: number, spread: number, u: number, v: number): number {
  switch (distribution) {
    case 'constant':
      return mean;
    case 'uniform':
      return Math.max(0, mean + spread * (2 * u - 1));
    case 'normal':
      return Math.max(0, mean + spread * Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v));
    case 'exponential':
      return -mean * Math.log(1 - u);
    case 'pareto':
      return ((mean * (paretoShape - 1)) / paretoShape) * (1 - u) ** (-1 / paretoShape);
  }
}

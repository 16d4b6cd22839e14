import type { Random } from '../../shared/time/random.ts';
import type { Arrivals } from '../options/plan.ts';
import type { Profile } from './profile.ts';

/** The instants (ms since the start, never falling) at which requests are due; Infinity when there are no more. */
export interface ArrivalProcess {
  next(): number;
}

/**
 *      unit-rate process          rate profile
 *   constant  0, 1, 2, 3 ...  -+
 *   poisson   sums of Exp(1)  -+->  A^-1(u)  ->  instants in ms
 *   burst     0,0,0, 3,3,3    -+
 *   recorded  the instants themselves
 */
export function arrivalProcess(arrivals: Arrivals, profile: Profile, random: Random): ArrivalProcess {
  if (arrivals.kind === 'recorded') return recordedArrivals(arrivals.atMs);
  const unit = unitProcess(arrivals, random);
  return { next: () => profile.instantOf(unit()) };
}

function unitProcess(arrivals: Exclude<Arrivals, { kind: 'recorded' }>, random: Random): () => number {
  let count = 0;
  let sum = 0;
  switch (arrivals.kind) {
    case 'constant':
      return () => count++;
    case 'poisson':
      return () => (sum -= Math.log(1 - random.next()));
    case 'burst':
      return () => Math.floor(count++ / arrivals.size) * arrivals.size;
  }
}

function recordedArrivals(atMs: readonly number[]): ArrivalProcess {
  let i = 0;
  return { next: () => atMs[i++] ?? Infinity };
}

/**
 * Worker `index` of `count` takes every count-th arrival of the one global process: together they send exactly what one
 * worker would, so that Poisson stays Poisson and bursts stay bursts however many workers share them.
 */
export function shareOf(process: ArrivalProcess, index: number, count: number): ArrivalProcess {
  let first = true;
  return {
    next() {
      let skip = first ? index : count - 1;
      first = false;
      while (skip-- > 0) process.next();
      return process.next();
    },
  };
}

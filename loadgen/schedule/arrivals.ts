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

/** One worker's part of an arrival process. */
export interface ArrivalShare extends ArrivalProcess {
  /**
   * The time (ms) from the previous arrival of all workers to the arrival that `next` returned last; undefined for the
   * first arrival.
   */
  gapMs(): number | undefined;
}

/**
 * Worker `index` of `count` takes every count-th arrival of the one global process. Together the workers send exactly
 * the arrivals of one worker, so Poisson stays Poisson and bursts stay bursts. The gaps in one share are sums of
 * `count` gaps, which vary less. So each share also reports the gaps of its arrivals in the whole process.
 */
export function arrivalShare(process: ArrivalProcess, index: number, count: number): ArrivalShare {
  let first = true;
  let before: number | undefined;
  let current: number | undefined;
  return {
    next() {
      const skip = first ? index : count - 1;
      first = false;
      for (let i = 0; i <= skip; i++) [before, current] = [current, process.next()];
      return current ?? Infinity;
    },
    gapMs: () => (before === undefined || current === undefined ? undefined : current - before),
  };
}

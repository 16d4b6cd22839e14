import { createSimulation } from '../../shared/time/sim/simulation.ts';
import { exponential, type Distribution } from '../../shared/time/sim/distribution.ts';
import { seededRandom } from '../../shared/time/random.ts';
import { createStation, type StationFigures } from '../../shared/time/sim/station.ts';

/** The draws of one run, so that a recursion can repeat it: ms. */
export interface Draws {
  readonly arrivals: readonly number[];
  readonly services: readonly number[];
}

/**
 * Poisson arrivals at a station, in virtual time: `n` jobs at `ratePerMs`. Arrivals and service times have a stream of
 * random numbers each.
 */
export function runStation(options: {
  readonly seed: string;
  readonly n: number;
  readonly ratePerMs: number;
  readonly workers: number;
  readonly serviceTime: Distribution;
}): { readonly figures: StationFigures; readonly draws: Draws } {
  const { seed, n, ratePerMs, workers, serviceTime } = options;
  const sim = createSimulation(seed);
  const gap = exponential(1 / ratePerMs);
  const arrivalRandom = seededRandom(`${seed}/arrivals`);
  const arrivals: number[] = [];
  const services: number[] = [];
  const station = createStation({
    ...sim,
    random: seededRandom(`${seed}/services`),
    workers,
    serviceTime(random) {
      const serviceMs = serviceTime(random);
      services.push(serviceMs);
      return serviceMs;
    },
  });
  const arrive = (): void => {
    arrivals.push(sim.clock.now());
    void station.work();
    if (arrivals.length < n) sim.scheduler.after(gap(arrivalRandom), arrive);
  };
  sim.scheduler.after(gap(arrivalRandom), arrive);
  sim.runSync();
  return { figures: station.figures(), draws: { arrivals, services } };
}

/**
 * Lindley's recursion (Proc. Cambridge Phil. Soc. 48 (1952)): a job waits until the job before it has left.
 *
 *   W(i+1) = max(0, W(i) + S(i) - (A(i+1) - A(i)))
 *
 * Returns the mean waiting time, ms.
 */
export function lindleyMeanWait({ arrivals, services }: Draws): number {
  let wait = 0;
  let sum = 0;
  for (let i = 1; i < arrivals.length; i++) {
    wait = Math.max(0, wait + services[i - 1]! - (arrivals[i]! - arrivals[i - 1]!));
    sum += wait;
  }
  return sum / arrivals.length;
}

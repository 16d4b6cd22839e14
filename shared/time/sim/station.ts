import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Scheduler, Timer } from '../scheduler.ts';
import type { Distribution } from './distribution.ts';

/**
 * A modelled server: `workers` that each do one job at a time, and one queue, first come first served.
 *
 *   work() -> [ | | | ] -> worker 1..n -> done
 *              queue        service time
 */
export interface Station {
  /**
   * Resolves when the job is done. An aborted job leaves the queue, or frees its worker if it is being served. Then the
   * promise rejects with the signal's reason. Rejects with StationFull when all workers are busy and the queue is full.
   */
  work(signal?: AbortSignal): Promise<void>;
  /** Multiplies service times from now on: 10 = limping, 1 = healthy. */
  setSlowness(factor: number): void;
  /**
   * How long a job that comes now will wait, ms, if the jobs before it take as long as earlier jobs took on average.
   */
  waitMs(): number;
  readonly queued: number;
  readonly busy: number;
  /** What was measured since the start. */
  readonly figures: () => StationFigures;
}

/** Sums since the start of a station. `arrived` counts accepted jobs; `waitedMs` and `servedMs` count finished jobs. */
export interface StationFigures {
  readonly arrived: number;
  readonly done: number;
  readonly refused: number;
  readonly waitedMs: number;
  readonly servedMs: number;
  /**
   * The integral over time of the jobs in the station, waiting or served: jobs x ms. Divided by `sinceMs`, it is L of
   * Little's law.
   */
  readonly occupiedMs: number;
  /** How long the station has been there. */
  readonly sinceMs: number;
}

/** All workers are busy, and the queue is full. */
export class StationFull extends Error {}

export interface StationOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly workers: number;
  readonly serviceTime: Distribution;
  /** The most jobs that wait; Infinity by default. */
  readonly places?: number;
}

interface Job {
  readonly resolve: () => void;
  readonly arrivedAt: number;
  timer: Timer | undefined;
}

export function createStation({
  clock,
  scheduler,
  random,
  workers,
  serviceTime,
  places = Infinity,
}: StationOptions): Station {
  // A set keeps the order of arrival, and lets a job leave from the middle.
  const queue = new Set<Job>();
  const startedAt = clock.now();
  let busy = 0;
  let arrived = 0;
  let done = 0;
  let refused = 0;
  let slowness = 1;
  let waitedMs = 0;
  let servedMs = 0;
  let occupiedMs = 0;
  let countedAt = startedAt;

  /** Call this before the number of jobs changes. */
  function count(now: number): void {
    occupiedMs += (busy + queue.size) * (now - countedAt);
    countedAt = now;
  }

  /**
   * A real timer fires late. The next job's service therefore begins at the time when the worker should have been free.
   * So the delays do not add up along the queue.
   */
  function serve(job: Job, beginsAt: number): void {
    busy++;
    const serviceMs = slowness * serviceTime(random);
    const endsAt = beginsAt + serviceMs;
    job.timer = scheduler.after(Math.max(0, endsAt - clock.now()), () => {
      job.timer = undefined;
      waitedMs += beginsAt - job.arrivedAt;
      servedMs += serviceMs;
      done++;
      release(endsAt);
      job.resolve();
    });
  }

  function release(freeAt: number): void {
    count(clock.now());
    busy--;
    const [next] = queue;
    if (next === undefined) return;
    queue.delete(next);
    serve(next, Math.max(freeAt, next.arrivedAt));
  }

  function leave(job: Job): void {
    const now = clock.now();
    if (queue.has(job)) {
      count(now);
      queue.delete(job);
      return;
    }
    if (job.timer === undefined) return;
    job.timer.cancel();
    release(now);
  }

  return {
    work(signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        if (busy >= workers && queue.size >= places) {
          refused++;
          return reject(new StationFull(`${workers} workers are busy and ${places} jobs wait`));
        }
        const onAbort = () => {
          leave(job);
          reject(signal?.reason);
        };
        const arrivedAt = clock.now();
        const job: Job = {
          arrivedAt,
          timer: undefined,
          resolve() {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        count(arrivedAt);
        arrived++;
        if (busy < workers) serve(job, arrivedAt);
        else queue.add(job);
      });
    },
    setSlowness: (factor) => void (slowness = factor),
    waitMs() {
      return done === 0 ? 0 : (queue.size * (servedMs / done)) / workers;
    },
    get queued() {
      return queue.size;
    },
    get busy() {
      return busy;
    },
    figures() {
      count(clock.now());
      return { arrived, done, refused, waitedMs, servedMs, occupiedMs, sinceMs: countedAt - startedAt };
    },
  };
}

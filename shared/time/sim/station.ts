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
   * promise rejects with the signal's reason.
   */
  work(signal?: AbortSignal): Promise<void>;
  /** Multiplies service times from now on: 10 = limping, 1 = healthy. */
  setSlowness(factor: number): void;
  /** How long a job that comes now will wait, if those before it take as long as they did so far, ms. */
  waitMs(): number;
  readonly queued: number;
  readonly busy: number;
  readonly done: number;
}

export interface StationOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly workers: number;
  readonly serviceTime: Distribution;
}

interface Job {
  readonly resolve: () => void;
  timer: Timer | undefined;
}

export function createStation({ scheduler, random, workers, serviceTime }: StationOptions): Station {
  // A set keeps the order of arrival, and lets a job leave from the middle.
  const queue = new Set<Job>();
  let busy = 0;
  let done = 0;
  let slowness = 1;
  let servedMs = 0;

  function serve(job: Job): void {
    busy++;
    const serviceMs = slowness * serviceTime(random);
    job.timer = scheduler.after(serviceMs, () => {
      job.timer = undefined;
      servedMs += serviceMs;
      done++;
      release();
      job.resolve();
    });
  }

  function release(): void {
    busy--;
    const [next] = queue;
    if (next === undefined) return;
    queue.delete(next);
    serve(next);
  }

  function leave(job: Job): void {
    if (queue.delete(job)) return;
    if (job.timer === undefined) return;
    job.timer.cancel();
    release();
  }

  return {
    work(signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const onAbort = () => {
          leave(job);
          reject(signal?.reason);
        };
        const job: Job = {
          timer: undefined,
          resolve() {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        if (busy < workers) serve(job);
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
    get done() {
      return done;
    },
  };
}

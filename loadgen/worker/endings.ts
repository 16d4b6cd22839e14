import type { Clock } from '../../shared/time/clock.ts';
import type { Scheduler } from '../../shared/time/scheduler.ts';

/** Requests in line at the end of the load may still be sent for this long, ms. */
export const graceMs = 1000;

/**
 * After its time is over, a worker that has said nothing for this long is stuck, ms. A healthy one speaks twice a
 * second.
 */
const silenceMs = 2000;

export interface Watched {
  /** The clock's ms of its last message. */
  lastHeardMs: number;
  stuck(): void;
}

/**
 * Calls `stuck` of every worker that does not end: one whose event loop is held, by a scenario that loops for ever,
 * knows neither the duration nor Ctrl-C. `endMs` is when the load ends (it may come nearer), `drainMs` how long the
 * last answers may take.
 */
export function watchEndings(
  workers: readonly Watched[],
  times: { endMs: () => number; drainMs: number },
  { clock, scheduler }: { clock: Clock; scheduler: Scheduler },
): { cancel(): void } {
  return scheduler.every(250, () => {
    const nowMs = clock.now();
    const endMs = times.endMs();
    for (const worker of workers) {
      const silent = nowMs >= endMs + silenceMs && nowMs >= worker.lastHeardMs + silenceMs;
      if (silent || nowMs >= endMs + times.drainMs + silenceMs) worker.stuck();
    }
  });
}

import type { Clock } from '../../shared/time/clock.ts';
import type { Scheduler } from '../../shared/time/scheduler.ts';

/** After the end of the load, requests in line may still be sent for this time (in ms). */
export const graceMs = 1000;

/**
 * After the end of the load, a worker is stuck if it sends no message for this time (in ms). A healthy worker sends
 * two messages per second.
 */
const silenceMs = 2000;

export interface Watched {
  /** When its last message arrived (the clock's ms). */
  lastHeardMs: number;
  stuck(): void;
}

/**
 * Calls `stuck` for every worker that does not end. A scenario that loops for ever blocks the worker's event loop, so
 * the worker sees neither the end of the run nor Ctrl-C. `endMs` is when the load ends (it may become earlier).
 * `drainMs` is how long the last answers may take.
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

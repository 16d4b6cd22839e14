import { machineNow } from './clock.ts';

/** Timers as a parameter: real ones at the process edge, virtual ones in the simulator. */
export interface Scheduler {
  /** Runs `task` once, `delayMs` from now. */
  after(delayMs: number, task: () => void): Timer;
  /**
   * Runs `task` every `intervalMs`, first after one interval, until cancelled. With `phaseMs`, the first interval may
   * be shorter, so that processes of one machine run tasks of the same interval and phase at the same times. Processes
   * that wake together need less CPU, because they find each other's code and data in the caches.
   */
  every(intervalMs: number, task: () => void, phaseMs?: number): Timer;
}

export interface Timer {
  /** Idempotent; a cancelled timer never fires. */
  cancel(): void;
}

/**
 * Node.js timers that let the sockets go first. After a pause of the process, Node.js runs the due timers before it
 * reads the messages that arrived in the pause. Every answer would then look late to a deadline, a hedge or a failure
 * detector. A task therefore runs after one poll of the sockets (the event loop's phases: timers, poll, check). Timers
 * of `every` do not keep the process alive; servers do.
 */
export const systemScheduler: Scheduler = {
  after(delayMs, task) {
    let due: NodeJS.Immediate | undefined;
    // Node.js cuts off fractions. A timer that fires too early for the timer wheel would have to be set again.
    const handle = setTimeout(() => void (due = setImmediate(task)), Math.ceil(delayMs));
    return {
      cancel() {
        clearTimeout(handle);
        clearImmediate(due);
      },
    };
  },
  every(intervalMs, task, phaseMs) {
    if (phaseMs !== undefined) return inStep(intervalMs, task, phaseMs);
    let due: NodeJS.Immediate | undefined;
    const handle = setInterval(() => void (due = setImmediate(task)), intervalMs).unref();
    return {
      cancel() {
        clearInterval(handle);
        clearImmediate(due);
      },
    };
  },
};

/**
 * Runs `task` when the machine's monotonic clock is `phaseMs` past a multiple of the interval. The timer waits at least
 * half an interval after it has fired. So if the main loop is late by more than half an interval, the next run of
 * `task` is skipped.
 */
function inStep(intervalMs: number, task: () => void, phaseMs: number): Timer {
  let handle: NodeJS.Timeout;
  let due: NodeJS.Immediate | undefined;
  function arm(leastMs: number): void {
    const now = machineNow();
    const at = phaseMs + Math.ceil((now + leastMs - phaseMs) / intervalMs) * intervalMs;
    handle = setTimeout(fire, Math.ceil(at - now)).unref();
  }
  function fire(): void {
    arm(intervalMs / 2);
    due = setImmediate(task);
  }
  arm(0);
  return {
    cancel() {
      clearTimeout(handle);
      clearImmediate(due);
    },
  };
}

/** Waits `delayMs`; rejects with the signal's reason as soon as it aborts. */
export function sleep(scheduler: Scheduler, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const onAbort = () => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = scheduler.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

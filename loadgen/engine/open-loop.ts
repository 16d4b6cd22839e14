import type { Clock } from '../../shared/time/clock.ts';
import type { ArrivalProcess } from '../schedule/arrivals.ts';
import type { Pacer } from './pacer.ts';

/** The most arrivals to send at once before the event loop may read answers again. */
const batch = 64;
/** For a shorter time than this, a busy wait is cheaper than a sleep. */
const spinMs = 0.08;
/** The shortest time between two wake-ups of the pacer. At high rates one wake-up sends several arrivals. */
const leastGapMs = 0.2;

/**
 * Dispatches every arrival at its instant, whatever the server does. When the generator is late, it sends the arrival
 * at once and keeps its intended time, so that the wait counts (no coordinated omission).
 */
export function openLoop(options: {
  arrivals: ArrivalProcess;
  /** The clock's ms of arrival time 0. */
  startMs: number;
  /** Arrivals at or after this (ms since the start) are not part of the run. */
  durationMs: number;
  clock: Clock;
  pacer: Pacer;
  dispatch: (intendedMs: number, nowMs: number) => void;
  yieldTo: (task: () => void) => void;
}): { wake(): void; stop(): void } {
  const { arrivals, startMs, durationMs, clock, pacer, dispatch, yieldTo } = options;
  let next = arrivals.next();
  let stopped = false;
  let yielding = false;
  function wake(): void {
    if (yielding) return;
    let sent = 0;
    for (;;) {
      if (stopped || next >= durationMs) return;
      const dueMs = startMs + next;
      let nowMs = clock.now();
      if (nowMs < dueMs) {
        if (dueMs - nowMs > spinMs) return pacer(Math.max(dueMs, sent > 0 ? nowMs + leastGapMs : dueMs));
        while (nowMs < dueMs) nowMs = clock.now();
      }
      if (sent === batch) {
        yielding = true;
        return yieldTo(() => {
          yielding = false;
          wake();
        });
      }
      sent++;
      dispatch(dueMs, nowMs);
      next = arrivals.next();
    }
  }
  return { wake, stop: () => void (stopped = true) };
}

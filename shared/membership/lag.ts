import type { Clock } from '../time/clock.ts';
import type { Scheduler } from '../time/scheduler.ts';

/** How well this process itself is running: the base of all self-doubt. */
export interface LagMeter {
  /** All the time so far in which the main loop did not run when it should have, ms. Never falls. */
  lostMs(): number;
  /** The mean lateness of a timer over the last seconds, ms. */
  lagMs(): number;
  /** The part of `lagMs` in which the process did not merely wait for a processor that others used, ms. */
  ownLagMs(): number;
  stop(): void;
}

/** Each tick wakes the process: at 50 ms, 21 idle nodes spent 4% of a core on this alone. */
const tickMs = 100;
/** Lateness below this is the timers' own coarseness. */
const toleranceMs = 10;
/** Weight of the newest tick: the mean reaches back about two seconds. */
const weight = 0.05;

/**
 * A timer that is late tells of a busy main loop, a stopped process or a starved machine alike. A stop is seen at the
 * first tick after it, before the heartbeats that queued up meanwhile are judged.
 */
export function createLagMeter(
  clock: Clock,
  scheduler: Scheduler,
  /** How long the process has waited for a processor so far, ms; 0 where the platform does not tell. */
  waitedMs: () => number = () => 0,
  /** Told how late each tick was, ms. */
  onTick: (lateMs: number) => void = () => undefined,
): LagMeter {
  let expectedAt = clock.now() + tickMs;
  let waited = waitedMs();
  let lost = 0;
  let mean = 0;
  let ownMean = 0;

  const overdueMs = () => {
    const lateMs = clock.now() - expectedAt;
    return lateMs > toleranceMs ? lateMs : 0;
  };

  const timer = scheduler.every(tickMs, () => {
    onTick(Math.max(0, clock.now() - expectedAt));
    const lateMs = overdueMs();
    lost += lateMs;
    // A long pause counts for as many ticks as it swallowed.
    const share = 1 - (1 - weight) ** (1 + lateMs / tickMs);
    mean += (lateMs - mean) * share;
    const before = waited;
    waited = waitedMs();
    ownMean += (Math.max(0, lateMs - (waited - before)) - ownMean) * share;
    expectedAt = clock.now() + tickMs;
  });

  return {
    lostMs: () => lost + overdueMs(),
    lagMs: () => Math.max(mean, overdueMs()),
    ownLagMs: () => ownMean,
    stop: () => timer.cancel(),
  };
}

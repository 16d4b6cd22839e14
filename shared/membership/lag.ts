import type { Clock } from '../time/clock.ts';
import type { Scheduler, Timer } from '../time/scheduler.ts';

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
/** The ticks of a process that does nothing: five small ones in one. */
const idleTickMs = 500;
/** Lateness below this is the timers' own coarseness. */
const toleranceMs = 10;
/** Weight of the newest tick: the mean reaches back about two seconds. */
const weight = 0.05;

export interface LagMeterOptions {
  /** How long the process has waited for a processor so far, ms; 0 where the platform does not tell. */
  readonly waitedMs?: () => number;
  /** Whether the main loop has done next to nothing since the last question. Then nobody waits for it. */
  readonly isIdle?: () => boolean;
  /** Told how late each tick was, ms. */
  readonly onTick?: (lateMs: number) => void;
}

/**
 * A timer that is late tells of a busy main loop, a stopped process or a starved machine alike. A stop is seen at the
 * first tick after it, before the heartbeats that queued up meanwhile are judged.
 */
export function createLagMeter(
  clock: Clock,
  scheduler: Scheduler,
  { waitedMs = () => 0, isIdle = () => false, onTick = () => undefined }: LagMeterOptions = {},
): LagMeter {
  let periodMs = tickMs;
  let expectedAt = clock.now() + periodMs;
  let waited = waitedMs();
  let lost = 0;
  let mean = 0;
  let ownMean = 0;

  const overdueMs = () => {
    const lateMs = clock.now() - expectedAt;
    return lateMs > toleranceMs ? lateMs : 0;
  };

  function tick(): void {
    onTick(Math.max(0, clock.now() - expectedAt));
    const lateMs = overdueMs();
    lost += lateMs;
    // A long period stands for several ticks in time, and for the one that may be late.
    const faded = (1 - weight) ** (periodMs / tickMs - 1);
    // A long pause counts for as many ticks as it swallowed.
    const share = 1 - (1 - weight) ** (1 + lateMs / tickMs);
    mean = mean * faded * (1 - share) + lateMs * share;
    const before = waited;
    waited = waitedMs();
    ownMean = ownMean * faded * (1 - share) + Math.max(0, lateMs - (waited - before)) * share;
    const nextMs = isIdle() && lateMs === 0 ? idleTickMs : tickMs;
    if (nextMs !== periodMs) {
      periodMs = nextMs;
      timer.cancel();
      timer = scheduler.every(periodMs, tick);
    }
    expectedAt = clock.now() + periodMs;
  }
  let timer: Timer = scheduler.every(periodMs, tick);

  return {
    lostMs: () => lost + overdueMs(),
    lagMs: () => Math.max(mean, overdueMs()),
    ownLagMs: () => ownMean,
    stop: () => timer.cancel(),
  };
}

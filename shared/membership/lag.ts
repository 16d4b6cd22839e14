import type { Clock } from '../time/clock.ts';
import type { Scheduler, Timer } from '../time/scheduler.ts';

/** How well this process itself is running: the base of all self-doubt. */
export interface LagMeter {
  /** All the time so far in which the main loop did not run when it should have, ms. Never falls. */
  lostMs(): number;
  /** The mean lateness of a timer over the last seconds, ms. */
  lagMs(): number;
  /** The part of `lagMs` that waiting for a busy processor does not explain, ms. */
  ownLagMs(): number;
  stop(): void;
}

/** Each tick wakes the process: at 50 ms, 21 idle nodes spent 4% of a core on this alone. */
const tickMs = 100;
/** The period of a process that does nothing: one tick for five usual ones. */
const idleTickMs = 500;
/** Timers are never more exact than this, so less lateness does not count. */
const toleranceMs = 10;
/** Weight of the newest tick: the mean reaches back about two seconds. */
const weight = 0.05;

export interface LagMeterOptions {
  /** How long the process has waited for a processor so far, ms; 0 where the platform does not tell. */
  readonly waitedMs?: () => number;
  /** Whether the main loop has been idle since the last question. Then nobody waits for it. */
  readonly isIdle?: () => boolean;
  /** Called with the lateness of each tick, ms. */
  readonly onTick?: (lateMs: number) => void;
}

/**
 * A late timer has three possible causes: a busy main loop, a stopped process or a machine without free processors. A
 * stop is noticed at the first tick after it, before the queued heartbeats are judged.
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
    // A long period counts as several ticks, of which only one can be late.
    const faded = (1 - weight) ** (periodMs / tickMs - 1);
    // A long pause counts as all the ticks that it covers.
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

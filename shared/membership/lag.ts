import type { Clock } from '../time/clock.ts';
import type { Scheduler, Timer } from '../time/scheduler.ts';

/** How late this process itself runs. An observer that runs late must not blame other nodes for late answers. */
export interface LagMeter {
  /** All the time so far in which the main loop did not run when it should have, ms. Never falls. */
  lostMs(): number;
  /** The mean lateness of a timer over the last seconds, ms. */
  lagMs(): number;
  /** The part of `lagMs` that waiting for a busy processor does not explain, ms. */
  ownLagMs(): number;
  /** To be called every `idle.tickMs`. */
  idleTick(): void;
  stop(): void;
}

/** Each tick wakes the process: at 50 ms, 21 idle nodes spent 4% of a core on this alone. */
const tickMs = 100;
/** Timers are never more exact than this, so less lateness does not count. */
const toleranceMs = 10;
/** Weight of the newest tick: the mean reaches back about two seconds. */
const weight = 0.05;

export interface LagMeterOptions {
  /** How long the process has waited for a processor so far, ms; 0 where the platform does not tell. */
  readonly waitedMs?: () => number;
  /** While the main loop is idle, the meter has no timer. It ticks with a timer of its owner, by `idleTick`. */
  readonly idle?: {
    /** Whether the main loop has been idle since the last call of `isIdle`. Then no work waits for the main loop. */
    readonly isIdle: () => boolean;
    /** The interval of the owner's timer, ms. */
    readonly tickMs: number;
  };
  /** Called with the lateness of each tick, ms. */
  readonly onTick?: (lateMs: number) => void;
}

/**
 * A late timer has three possible causes: a busy main loop, a stopped process or a machine without free processors. The
 * meter notices a stop at the first tick after the stop, before the queued heartbeats are judged.
 */
export function createLagMeter(
  clock: Clock,
  scheduler: Scheduler,
  { waitedMs = () => 0, idle, onTick = () => undefined }: LagMeterOptions = {},
): LagMeter {
  let isIdle = false;
  let expectedAt = clock.now() + tickMs;
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
    const periodMs = isIdle ? idle!.tickMs : tickMs;
    // A long period counts as several ticks. Only its last tick can be late, so the others count as being on time.
    const faded = (1 - weight) ** (periodMs / tickMs - 1);
    // A long pause counts as all the ticks that it covers.
    const share = 1 - (1 - weight) ** (1 + lateMs / tickMs);
    mean = mean * faded * (1 - share) + lateMs * share;
    const before = waited;
    waited = waitedMs();
    ownMean = ownMean * faded * (1 - share) + Math.max(0, lateMs - (waited - before)) * share;
    const wasIdle = isIdle;
    isIdle = idle !== undefined && idle.isIdle() && lateMs === 0;
    if (isIdle) timer.cancel();
    else if (wasIdle) timer = scheduler.every(tickMs, tick);
    expectedAt = clock.now() + (isIdle ? idle!.tickMs : tickMs);
  }
  let timer: Timer = scheduler.every(tickMs, tick);

  return {
    lostMs: () => lost + overdueMs(),
    lagMs: () => Math.max(mean, overdueMs()),
    ownLagMs: () => ownMean,
    idleTick() {
      if (isIdle) tick();
    },
    stop() {
      isIdle = false;
      timer.cancel();
    },
  };
}

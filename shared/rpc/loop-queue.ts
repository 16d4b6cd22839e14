import { performance } from 'node:perf_hooks';
import type { Clock } from '../time/clock.ts';
import type { OwnQueue } from './layers/overload/admission.ts';

/** The operations of the event loop that this file needs. Tests pass their own. */
export interface Loop {
  /** Calls back after everything that is ready in this turn of the loop has run. */
  readonly atEndOfTurn: (callback: () => void) => void;
  /** How long the loop has been idle so far, ms. Never falls. */
  readonly idleMs: () => number;
}

const eventLoop: Loop = {
  atEndOfTurn: (callback) => void setImmediate(callback),
  idleMs: () => performance.nodeTiming.idleTime,
};

/** A shorter idle time does not count: asking the system for ready events takes some microseconds. */
const idleEnoughMs = 0.5;

/**
 * Measures how long calls wait for this process. The queue of a process is in the operating system: the events that are
 * ready for its event loop. No program can look into this queue. But in one turn the loop takes all events that became
 * ready during the last turn. So a call that starts now did not become ready before the last turn began. If the loop
 * was idle between the two turns, the call did not become ready before this idle time ended. This gives the longest
 * time that the call can have waited. The cost is one callback per turn in which calls arrive; an idle process is not
 * woken.
 *
 *   |---- last turn ----|---- this turn -----|
 *          ^ became ready      ^ is taken up: waited at most this long
 */
export function createLoopQueue({ now }: Pick<Clock, 'now'>, loop: Loop = eventLoop): OwnQueue {
  let turnAt: number | undefined;
  let idleAtTurn = 0;
  let lastTurnMs = 0;
  let carriedMs = 0;

  function beginTurn(): number {
    const at = now();
    const idle = loop.idleMs();
    carriedMs = idle - idleAtTurn < idleEnoughMs ? lastTurnMs : 0;
    idleAtTurn = idle;
    turnAt = at;
    loop.atEndOfTurn(() => {
      lastTurnMs = now() - at;
      turnAt = undefined;
    });
    return at;
  }

  return {
    waitMs() {
      const at = turnAt ?? beginTurn();
      return carriedMs + (now() - at);
    },
  };
}

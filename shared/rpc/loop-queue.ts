import { performance } from 'node:perf_hooks';
import type { Clock } from '../time/clock.ts';
import type { OwnQueue } from './layers/admission.ts';

/** What is asked of the event loop; another one in tests. */
export interface Loop {
  /** Calls back when everything that is ready in this turn of the loop has had its turn. */
  readonly atEndOfTurn: (callback: () => void) => void;
  /** How long the loop has been idle so far, ms. Never falls. */
  readonly idleMs: () => number;
}

export const eventLoop: Loop = {
  atEndOfTurn: (callback) => void setImmediate(callback),
  idleMs: () => performance.nodeTiming.idleTime,
};

/** Idle for less than this is none: asking the system for what is ready takes some microseconds. */
const idleEnoughMs = 0.5;

/**
 * The queue of a process is what the system has ready for its event loop. Nobody can look into it. But the loop takes up in one turn
 * all that became ready during the turn before. So a call that is taken up now has waited since some moment of the last turn,
 * unless the loop was idle after that, and through this turn so far. Costs one callback per turn in which calls come; an idle
 * process is not woken.
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

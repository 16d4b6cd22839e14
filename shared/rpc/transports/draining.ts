import type { Scheduler, Timer } from '../../time/scheduler.ts';

/** Exchanges that nobody waits for, and that may end by themselves, so that their connections can be used again. */
export interface Draining {
  /**
   * Gives the exchange a moment; `cut` ends it when the moment is over. Undefined when too many are draining already.
   */
  begin(cut: () => void): Timer | undefined;
}

/** A hedge fires at the 95th percentile: most of those that lose would have answered soon after. */
const drainMs = 50;
/** Each holds a connection, and keeps its callee at work: no more than this at a time, to one node. */
const maxDraining = 16;

export function createDraining(scheduler: Scheduler): Draining {
  let draining = 0;
  return {
    begin(cut) {
      if (draining >= maxDraining) return undefined;
      draining++;
      let over = false;
      const end = (): boolean => {
        if (over) return false;
        over = true;
        draining--;
        return true;
      };
      const timer = scheduler.after(drainMs, () => void (end() && cut()));
      return { cancel: () => void (end() && timer.cancel()) };
    },
  };
}

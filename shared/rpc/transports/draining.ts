import type { Scheduler, Timer } from '../../time/scheduler.ts';

/**
 * Exchanges that nobody waits for any more. They may end by themselves, so that their connections can be used again.
 */
export interface Draining {
  /**
   * Lets the exchange go on for a moment; `cut` ends it after that. Undefined when too many exchanges are draining
   * already.
   */
  begin(cut: () => void): Timer | undefined;
}

/** A hedge starts at the 95th percentile: most of the slower attempts would have answered soon after. */
const drainMs = 50;
/** The limit per node. Each draining exchange holds a connection, and keeps its callee at work. */
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

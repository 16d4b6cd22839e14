import type { Clock } from '../time/clock.ts';
import type { Skew } from './fault.ts';

/** A clock that faults can make wrong. Its monotonic time never goes back and never jumps, whatever the fault. */
export interface SkewableClock extends Clock {
  /** Applies a skew until the returned function is called. Several add up: offsets are summed, rates multiplied. */
  skew(skew: Skew): () => void;
}

/**
 * Monotonic time is piecewise linear: at each change of the rate the current time becomes the new origin. After a drift
 * ends, the monotonic time keeps the gain. The wall clock is corrected, as a time service would do.
 */
export function skewableClock(base: Clock): SkewableClock {
  const skews = new Set<Skew>();
  let originBase = base.now();
  let originOurs = originBase;
  let rate = 1;
  let wallGainMs = 0;

  /**
   * True before the first skew. While it is true, the base clock is read directly, to save time: a call reads the clock
   * several times.
   */
  let asBase = true;
  const ours = () => (asBase ? base.now() : originOurs + (base.now() - originBase) * rate);

  function change(edit: () => void): void {
    const now = base.now();
    wallGainMs += (now - originBase) * (rate - 1);
    originOurs = ours();
    originBase = now;
    asBase = false;
    edit();
    rate = [...skews].reduce((product, skew) => product * skew.rate, 1);
    if (skews.size === 0) wallGainMs = 0;
  }

  return {
    now: ours,
    wall() {
      const offsetMs = [...skews].reduce((sum, skew) => sum + skew.offsetMs, 0);
      return base.wall() + offsetMs + wallGainMs + (base.now() - originBase) * (rate - 1);
    },
    skew(skew) {
      const own = { ...skew };
      change(() => skews.add(own));
      return () => {
        if (skews.has(own)) change(() => skews.delete(own));
      };
    },
  };
}

import type { Clock } from '../../shared/time/clock.ts';

/** Counts answers in `windows` equal parts of `forMs`. The answers of the first `warmMs` are not counted. */
export interface RateMeter {
  readonly isOver: () => boolean;
  readonly count: () => void;
  /** The parts that are over. */
  readonly passed: () => number;
  readonly figures: () => { readonly perSecond: readonly number[]; readonly answered: number };
}

export interface RateMeterOptions {
  readonly warmMs: number;
  readonly forMs: number;
  readonly windows: number;
}

/** Time 0 of the meter is now. */
export function createRateMeter({ now }: Pick<Clock, 'now'>, { warmMs, forMs, windows }: RateMeterOptions): RateMeter {
  const counts = Array.from({ length: windows }, () => 0);
  const windowMs = forMs / windows;
  const startsAt = now() + warmMs;
  const window = (): number => Math.floor((now() - startsAt) / windowMs);
  return {
    isOver: () => window() >= windows,
    count() {
      const at = window();
      if (at >= 0 && at < windows) counts[at]!++;
    },
    passed: () => Math.min(windows, Math.max(0, window())),
    figures: () => ({
      perSecond: counts.map((count) => (1_000 * count) / windowMs),
      answered: counts.reduce((sum, count) => sum + count, 0),
    }),
  };
}

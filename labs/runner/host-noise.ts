import { monitorEventLoopDelay } from 'node:perf_hooks';
import { runDelayMs } from '../../shared/time/run-delay.ts';

/** How much the machine disturbed a live run. */
export interface HostNoise {
  /** How late timers of the runner fired: 99th percentile, ms. */
  readonly timerLateMs: number;
  /** The share of the time that the runner's thread waited for a processor. */
  readonly waitedShare: number;
}

/** Chosen, not derived. `run`: a failed check above this proves nothing. `start`: above this, no run is worth its time. */
const limits = { run: { timerLateMs: 10, waitedShare: 0.15 }, start: { timerLateMs: 40, waitedShare: 0.5 } } as const;

export function isNoisy({ timerLateMs, waitedShare }: HostNoise, when: keyof typeof limits): boolean {
  const limit = limits[when];
  return timerLateMs > limit.timerLateMs || waitedShare > limit.waitedShare;
}

export const noiseInWords = ({ timerLateMs, waitedShare }: HostNoise): string =>
  `timers ${timerLateMs.toFixed(1)} ms late at p99, ${(100 * waitedShare).toFixed(0)}% of the time spent waiting for a processor`;

/** Measures until `stop` is called. */
export function watchHost(): { readonly stop: () => HostNoise } {
  const resolutionMs = 5;
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  const startedAt = performance.now();
  const waitedBefore = runDelayMs() ?? 0;
  delays.enable();
  return {
    stop() {
      delays.disable();
      const tookMs = Math.max(1, performance.now() - startedAt);
      const waitedMs = (runDelayMs() ?? 0) - waitedBefore;
      const late = delays.percentile(99) / 1e6 - resolutionMs;
      return {
        timerLateMs: Math.max(0, Math.round(late * 100) / 100),
        waitedShare: Math.round((1_000 * waitedMs) / tookMs) / 1_000,
      };
    },
  };
}

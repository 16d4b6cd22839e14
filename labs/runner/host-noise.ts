import { readFileSync, readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { runDelayMs } from '../../shared/time/run-delay.ts';
import { systemScheduler } from '../../shared/time/scheduler.ts';
import { unknown } from '../kit/checks.ts';
import type { Check } from './lab.ts';

/** How much the machine disturbed a live run. */
export interface HostNoise {
  /** How late timers of the runner fired: 99th percentile, ms. */
  readonly timerLateMs: number;
  /**
   * ms that the runner and the lab's nodes together waited for a processor, per ms, in the worst window. It is a sum,
   * because a call waits at the runner and at each node on its way. So it can be above 1.
   */
  readonly waitedShare: number;
}

/** Chosen, not derived. Above `run`, a failed check proves nothing. Above `start`, no run is worth its time. */
const limits = { run: { timerLateMs: 10, waitedShare: 0.1 }, start: { timerLateMs: 40, waitedShare: 0.5 } } as const;

/** Noise of one window is enough: an average over the whole run would hide a short burst. */
const windowMs = 5_000;
/**
 * The last window is ignored if it is shorter than this and there is another window, because its value would be mostly
 * chance.
 */
const leastMs = 1_000;

export function isNoisy({ timerLateMs, waitedShare }: HostNoise, when: keyof typeof limits): boolean {
  const limit = limits[when];
  return timerLateMs > limit.timerLateMs || waitedShare > limit.waitedShare;
}

export const noiseInWords = ({ timerLateMs, waitedShare }: HostNoise): string =>
  `timers ${timerLateMs.toFixed(1)} ms late at p99, ` +
  `processes waited ${(1_000 * waitedShare).toFixed(0)} ms per second for a processor, in total`;

/** On a noisy machine a failed check is unknown. */
export const judgedWith = (noise: HostNoise, checks: readonly Check[]): readonly Check[] =>
  isNoisy(noise, 'run')
    ? checks.map((each) =>
        each.verdict === 'FAIL' && !each.untimed
          ? unknown(
              each.label,
              `${each.detail}. But this machine was too busy: ${noiseInWords(noise)}`,
              'close other programs, then run it again',
            )
          : each,
      )
    : checks;

export interface HostWatch {
  /** While a cluster starts, the lab's own processes compete for the processors. This is no noise. */
  readonly pause: () => void;
  /** Measures again: this process, `pid`, and all that `pid` has started. */
  readonly resume: (pid?: number) => void;
  readonly stop: () => HostNoise;
}

/** Measures until `stop` is called. */
export function watchHost(): HostWatch {
  const resolutionMs = 5;
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  let worst: { readonly tookMs: number; readonly share: number } | undefined;
  let window: { readonly sinceMs: number; readonly waitedMs: ReadonlyMap<number, number> } | undefined;
  let pids: readonly number[] = [];

  const open = (): void => {
    const waitedMs = new Map(pids.map((pid) => [pid, runDelayMs(pid) ?? 0]));
    window = { sinceMs: performance.now(), waitedMs };
  };
  const close = (): void => {
    if (window === undefined) return;
    const tookMs = Math.max(1, performance.now() - window.sinceMs);
    const before = [...window.waitedMs];
    const waitedMs = before.reduce((sum, [pid, ms]) => sum + Math.max(0, (runDelayMs(pid) ?? ms) - ms), 0);
    window = undefined;
    const share = waitedMs / tookMs;
    const isFirst = worst === undefined || worst.tookMs < leastMs;
    if (isFirst || (tookMs >= leastMs && share > worst!.share)) worst = { tookMs, share };
  };
  const pause = (): void => {
    close();
    delays.disable();
  };
  const resume = (pid?: number): void => {
    close();
    pids = [process.pid, ...(pid === undefined ? [] : familyOf(pid))];
    open();
    delays.enable();
  };
  const windows = systemScheduler.every(windowMs, () => {
    if (window === undefined) return;
    close();
    open();
  });
  resume();
  return {
    pause,
    resume,
    stop() {
      windows.cancel();
      pause();
      const late = delays.percentile(99) / 1e6 - resolutionMs;
      return {
        timerLateMs: Math.max(0, Math.round(late * 100) / 100),
        waitedShare: Math.round(1_000 * (worst?.share ?? 0)) / 1_000,
      };
    },
  };
}

/** A process and all its descendants (Linux; elsewhere the process alone). */
function familyOf(pid: number): number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const children = threads.flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').split(' ').filter(Boolean).map(Number),
    );
    return [pid, ...children.flatMap(familyOf)];
  } catch {
    return [pid];
  }
}

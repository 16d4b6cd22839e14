import { bucketPercentile, mergeInto } from '../measure/buckets.ts';
import type { Buckets } from '../measure/buckets.ts';
import type { TickRow } from '../measure/timeline.ts';
import type { FaultWindow } from './windows.ts';

export interface PhaseFigures {
  asked: number;
  done: number;
  errors: number;
  wrong: number;
  p50Ms: number | undefined;
  p99Ms: number | undefined;
}

export interface FaultFigures {
  window: FaultWindow;
  before: PhaseFigures;
  during: PhaseFigures;
  after: PhaseFigures;
  /**
   * From the injection until `steadyTicks` ticks in a row are as good as before; undefined when the run ends earlier.
   */
  recoveredAfterMs: number | undefined;
}

/** The service has recovered after this many good ticks in a row. */
const steadyTicks = 3;

/**
 * Figures before, during and after each fault. A tick is good when its p99 is at most twice the p99 before the fault
 * (or at most 5 ms: smaller differences are noise). Its share of errors and wrong answers may be at most 1 percentage
 * point higher.
 */
export function faultFigures(
  windows: readonly FaultWindow[],
  ticks: readonly [number, TickRow][],
  tickMs: number,
  durationMs: number,
): FaultFigures[] {
  return windows
    .filter((window) => window.fromMs < durationMs && window.toMs > 0)
    .map((window) => {
      const phase = (from: number, to: number) =>
        figures(ticks.filter(([tick]) => (tick + 1) * tickMs > from && tick * tickMs < to).map(([, row]) => row));
      const clear = windows.filter((other) => other !== window && other.fromMs < window.fromMs);
      const from = Math.max(
        0,
        ...clear.map((other) => (other.toMs === Infinity ? 0 : other.toMs)).filter((ms) => ms < window.fromMs),
      );
      const next = Math.min(
        durationMs,
        ...windows.filter((other) => other.fromMs > window.toMs).map((other) => other.fromMs),
      );
      const whole = (ms: number) => Math.floor(ms / tickMs) * tickMs;
      const before = phase(from, whole(window.fromMs));
      return {
        window,
        before,
        during: phase(window.fromMs, Math.min(window.toMs, durationMs)),
        after: phase(Math.ceil(window.toMs / tickMs) * tickMs, next),
        recoveredAfterMs: recovery(window, before, ticks, tickMs, next),
      };
    });
}

function recovery(
  window: FaultWindow,
  before: PhaseFigures,
  ticks: readonly [number, TickRow][],
  tickMs: number,
  untilMs: number,
): number | undefined {
  if (before.p99Ms === undefined) return undefined;
  const limitMs = Math.max(5, before.p99Ms * 2);
  const limitBad = bad(before) + 0.01;
  let steady = 0;
  let hurt = false;
  let sinceMs = 0;
  for (const [tick, row] of ticks) {
    const atMs = tick * tickMs;
    if (atMs < Math.floor(window.fromMs / tickMs) * tickMs || atMs >= untilMs) continue;
    const now = figures([row]);
    if (now.p99Ms !== undefined && now.p99Ms <= limitMs && bad(now) <= limitBad) {
      if (steady++ === 0) sinceMs = atMs;
      if (steady >= steadyTicks && (hurt || atMs >= window.toMs)) return Math.max(0, sinceMs - window.fromMs);
    } else {
      steady = 0;
      hurt = true;
    }
  }
  return undefined;
}

function bad(of: PhaseFigures): number {
  return (of.errors + of.wrong) / Math.max(1, of.done + of.errors);
}

function figures(rows: readonly TickRow[]): PhaseFigures {
  const latency: Buckets = new Map();
  const sum = { asked: 0, done: 0, errors: 0, wrong: 0 };
  for (const row of rows) {
    sum.asked += row.asked;
    sum.done += row.done;
    sum.errors += row.errors;
    sum.wrong += row.wrong;
    mergeInto(latency, row.latency);
  }
  return { ...sum, p50Ms: bucketPercentile(latency, 50), p99Ms: bucketPercentile(latency, 99) };
}

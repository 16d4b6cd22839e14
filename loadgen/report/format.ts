import type { ThresholdResult } from '../verdict/thresholds.ts';

/** A time for people: three significant digits and a fitting unit. */
export function formatMs(ms: number | undefined): string {
  if (ms === undefined || Number.isNaN(ms)) return '-';
  if (ms < 1) return `${ms.toFixed(ms < 0.1 ? 3 : 2)} ms`;
  if (ms < 1000) return `${ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0)} ms`;
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** 12345 -> "12,345". */
export function formatCount(n: number): string {
  return Math.round(n)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

export function formatRate(perSecond: number): string {
  return `${perSecond >= 100 ? formatCount(perSecond) : perSecond.toFixed(perSecond >= 10 ? 1 : 2)}/s`;
}

export function formatPercent(share: number): string {
  const percent = share * 100;
  return `${percent.toFixed(percent === 0 || percent >= 99.95 ? 0 : percent < 1 ? 2 : 1)}%`;
}

/** 90_500 -> "1m30.5s". */
export function formatDuration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${Number(seconds.toFixed(1))}s`;
  const rest = Number((seconds % 60).toFixed(1));
  return `${Math.floor(seconds / 60)}m${rest > 0 ? `${rest}s` : ''}`;
}

/** The value that was compared with a threshold, in its unit. */
export function formatActual(actual: number | undefined, unit: ThresholdResult['unit']): string {
  if (actual === undefined) return 'not measured';
  return { ms: formatMs, share: formatPercent, count: formatCount, rate: formatRate }[unit](actual);
}

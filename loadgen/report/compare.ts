import { percentiles } from '../measure/histogram.ts';
import { formatMs, formatPercent, formatRate } from './format.ts';
import type { TerminalStyle } from './terminal-style.ts';
import { ratePerSecond } from '../measure/measured.ts';
import type { RunResult } from '../verdict/result.ts';

export interface ComparedFigure {
  name: string;
  a: number;
  b: number;
  shown: (value: number) => string;
  /** (b - a) / a; undefined when a is 0, or when one of the runs has no such figure (NaN). */
  change: number | undefined;
  /**
   * Undefined when a figure is missing, or when the figures differ by at most 5%: one pair of runs cannot tell such a
   * difference from noise.
   */
  better: boolean | undefined;
}

/** The figures of two runs side by side. */
export function compareRuns(a: RunResult, b: RunResult): ComparedFigure[] {
  const figure = (
    name: string,
    from: number,
    to: number,
    shown: (value: number) => string,
    lowIsGood: boolean,
  ): ComparedFigure => {
    const isKnown = !Number.isNaN(from - to);
    const change = isKnown && from !== 0 ? (to - from) / from : undefined;
    const differs = isKnown && (change === undefined ? to !== from : Math.abs(change) > 0.05);
    return { name, a: from, b: to, shown, change, better: differs ? to < from === lowIsGood : undefined };
  };
  const pa = percentiles(a.latency.intended);
  const pb = percentiles(b.latency.intended);
  const rate = (run: RunResult, n: number) => ratePerSecond(n, run.durationMs);
  const share = (run: RunResult, n: number) => n / Math.max(1, run.counts.right + run.counts.wrong + run.counts.errors);
  return [
    figure('done', rate(a, a.counts.done), rate(b, b.counts.done), formatRate, false),
    figure('goodput', rate(a, a.counts.good), rate(b, b.counts.good), formatRate, false),
    figure('p50', pa.p50, pb.p50, formatMs, true),
    figure('p90', pa.p90, pb.p90, formatMs, true),
    figure('p99', pa.p99, pb.p99, formatMs, true),
    figure('p99.9', pa.p999, pb.p999, formatMs, true),
    figure('max', pa.max, pb.max, formatMs, true),
    figure('errors', share(a, a.counts.errors), share(b, b.counts.errors), formatPercent, true),
    figure('wrong', share(a, a.counts.wrong), share(b, b.counts.wrong), formatPercent, true),
  ];
}

export function comparisonText(
  a: RunResult,
  b: RunResult,
  names: readonly [string, string],
  style: TerminalStyle,
): string {
  const width = Math.max(12, ...names.map((name) => Math.min(name.length, 24) + 2));
  const cut = (text: string) => text.slice(-24).padStart(width);
  const lines = [style.dim(`${''.padEnd(10)}${cut(names[0])}${cut(names[1])}${'change'.padStart(10)}`)];
  for (const { name, a: from, b: to, shown, change, better } of compareRuns(a, b)) {
    const text = (change === undefined ? '-' : `${change > 0 ? '+' : ''}${(change * 100).toFixed(1)}%`).padStart(10);
    const coloured = better === undefined ? style.dim(text) : better ? style.green(text) : style.red(text);
    lines.push(`${name.padEnd(10)}${shown(from).padStart(width)}${shown(to).padStart(width)}${coloured}`);
  }
  for (const [i, run] of [a, b].entries())
    if (!run.valid) lines.push(style.red(`✗ ${names[i]} is not valid: ${run.reasons.join('; ')}`));
  return `${lines.map((line) => `  ${line}`).join('\n')}\n`;
}

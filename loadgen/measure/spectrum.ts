import type { TimeHistogram } from './histogram.ts';

export interface SpectrumPoint {
  valueMs: number;
  /** 0 to 1. */
  share: number;
  /** The number of values at or below `valueMs`. */
  totalCount: number;
}

/**
 * The percentiles to print: five for each halving of the remaining share (HdrHistogram's percentile iteration).
 * So the tail gets as many points as the body.
 */
export function spectrum(histogram: TimeHistogram): SpectrumPoint[] {
  const points: SpectrumPoint[] = [];
  const count = histogram.count;
  if (count === 0) return points;
  for (let halvings = 0, share = 0; ;) {
    const valueMs = histogram.percentileMs(share * 100);
    const totalCount = Math.min(count, Math.round(histogram.shareAtOrBelow(valueMs) * count));
    points.push({ valueMs, share, totalCount });
    if (totalCount >= count) break;
    halvings = Math.floor(Math.log2(1 / (1 - share)) + 1e-9) + 1;
    share += 1 / (5 * 2 ** halvings);
  }
  points.push({ valueMs: histogram.maxMs(), share: 1, totalCount: count });
  return points;
}

/** The text format of wrk2, which HdrHistogram's plotters read. */
export function spectrumText(histogram: TimeHistogram): string {
  const lines = ['       Value   Percentile   TotalCount 1/(1-Percentile)', ''];
  for (const { valueMs, share, totalCount } of spectrum(histogram)) {
    const inverse = share < 1 ? (1 / (1 - share)).toFixed(2).padStart(15) : 'inf'.padStart(15);
    lines.push(
      `${valueMs.toFixed(3).padStart(12)} ${share.toFixed(6).padStart(12)} ${String(totalCount).padStart(12)} ` +
        inverse,
    );
  }
  const fixed = (value: number) => value.toFixed(3).padStart(12);
  lines.push(
    `#[Mean    = ${fixed(histogram.meanMs())}, StdDeviation   = ${fixed(histogram.deviationMs())}]`,
    `#[Max     = ${fixed(histogram.maxMs())}, Total count    = ${String(histogram.count).padStart(12)}]`,
  );
  return `${lines.join('\n')}\n`;
}

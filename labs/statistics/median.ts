import { normalQuantile, shownConfidence, type ConfidenceInterval } from './interval.ts';

/**
 * The median, and its interval by order statistics: the number of values below the true median is binomial(n, 1/2),
 * here by its normal approximation (Conover, Practical Nonparametric Statistics). Outliers of a busy machine hardly
 * move it.
 */
export function medianInterval(values: readonly number[]): ConfidenceInterval & { readonly median: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  const confidence = shownConfidence;
  if (n === 0) return { median: Number.NaN, low: -Infinity, high: Infinity, confidence };
  const half = (normalQuantile(confidence) * Math.sqrt(n)) / 2;
  const low = sorted[Math.max(0, Math.floor((n - 1) / 2 - half))]!;
  const high = sorted[Math.min(n - 1, Math.ceil((n - 1) / 2 + half))]!;
  return { median: (sorted[Math.floor((n - 1) / 2)]! + sorted[Math.ceil((n - 1) / 2)]!) / 2, low, high, confidence };
}

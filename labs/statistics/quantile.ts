import { normalQuantile, shownConfidence, type ConfidenceInterval } from './interval.ts';

/**
 * A quantile, and its interval by order statistics: the number of values below the true quantile is binomial(n, q),
 * here by its normal approximation (Conover, Practical Nonparametric Statistics, section 3.2).
 */
export function quantileInterval(
  values: readonly number[],
  q: number,
  confidence: number = shownConfidence,
): ConfidenceInterval & { readonly value: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  if (n === 0) return { value: Number.NaN, low: -Infinity, high: Infinity, confidence };
  const at = (rank: number): number => sorted[Math.min(n - 1, Math.max(0, rank))]!;
  const half = normalQuantile(confidence) * Math.sqrt(n * q * (1 - q));
  return {
    value: at(Math.ceil(q * n) - 1),
    low: at(Math.floor(q * n - half) - 1),
    high: at(Math.ceil(q * n + half) - 1),
    confidence,
  };
}

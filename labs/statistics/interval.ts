import jStat from 'jstat';

/** A two-sided interval. `confidence` is a share: .99. */
export interface ConfidenceInterval {
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

export const contains = ({ low, high }: ConfidenceInterval, value: number): boolean => value >= low && value <= high;

/** The interval that a lab shows. The bound by which a check passes is wider: `passConfidence`. */
export const shownConfidence = 0.99;

/**
 * A correct lab may fail by chance in at most 1 of 1,000 runs. `checks` independent checks share this (Bonferroni), and
 * half of it is kept in reserve, because most intervals are approximate.
 */
export const passConfidence = (checks: number): number => 1 - 0.0005 / checks;

/** z of a two-sided normal interval. */
export const normalQuantile = (confidence: number): number => jStat.normal.inv(1 - (1 - confidence) / 2, 0, 1);

/** The exact interval of a share: Clopper and Pearson, Biometrika 26 (1934). */
export function binomialInterval(hits: number, n: number, confidence: number): ConfidenceInterval {
  const tail = (1 - confidence) / 2;
  return {
    low: hits === 0 ? 0 : jStat.beta.inv(tail, hits, n - hits + 1),
    high: hits === n ? 1 : jStat.beta.inv(1 - tail, hits + 1, n - hits),
    confidence,
  };
}

/** The exact interval of the mean of a Poisson count: Garwood, Biometrika 28 (1936). */
export function poissonInterval(count: number, confidence: number): ConfidenceInterval {
  const tail = (1 - confidence) / 2;
  return {
    low: count === 0 ? 0 : jStat.gamma.inv(tail, count, 1),
    high: jStat.gamma.inv(1 - tail, count + 1, 1),
    confidence,
  };
}

/** Student's t interval of the mean of independent values. One value has no interval: it is unlimited. */
export function meanInterval(
  values: readonly number[],
  confidence: number,
): ConfidenceInterval & { readonly mean: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, low: -Infinity, high: Infinity, confidence };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = jStat.studentt.inv(1 - (1 - confidence) / 2, n - 1) * Math.sqrt(variance / n);
  return { mean, low: mean - half, high: mean + half, confidence };
}

/** An interval around `mean` whose standard error is known. */
export function normalInterval(mean: number, standardError: number, confidence: number): ConfidenceInterval {
  const half = normalQuantile(confidence) * standardError;
  return { low: mean - half, high: mean + half, confidence };
}

/** The quantile `p` of Pearson's type III, a shifted gamma distribution, with mean 0, variance 1 and this skewness. */
export function skewedQuantile(p: number, skewness: number): number {
  const shape = 4 / skewness ** 2;
  return (jStat.gamma.inv(p, shape, 1) - shape) / Math.sqrt(shape);
}

/** An interval for a mean with known standard error and skewness. With a positive skewness, it reaches further down. */
export function skewedInterval(
  mean: number,
  { standardError, skewness }: { readonly standardError: number; readonly skewness: number },
  confidence: number,
): ConfidenceInterval {
  const tail = (1 - confidence) / 2;
  return {
    low: mean - skewedQuantile(1 - tail, skewness) * standardError,
    high: mean - skewedQuantile(tail, skewness) * standardError,
    confidence,
  };
}

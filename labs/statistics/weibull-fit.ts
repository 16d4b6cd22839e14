import { normalInterval, type ConfidenceInterval } from './interval.ts';

/**
 * Maximum likelihood of a Weibull distribution's shape, for complete lifetimes (Cohen, Technometrics 7 (1965)). The
 * likelihood equation is solved by bisection, because its left side grows with the shape:
 *
 *   sum(x^k ln x) / sum(x^k) - 1/k - mean(ln x) = 0
 */
export function weibullFit(lifetimes: readonly number[]): { readonly shape: number; readonly scale: number } {
  const logs = lifetimes.map(Math.log);
  const meanLog = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const excess = (shape: number): number => {
    let powers = 0;
    let weighted = 0;
    for (const log of logs) {
      const power = Math.exp(shape * (log - meanLog));
      powers += power;
      weighted += power * (log - meanLog);
    }
    return weighted / powers - 1 / shape;
  };
  let [low, high] = [1e-3, 1e3];
  for (let i = 0; i < 200 && high - low > 1e-12 * high; i++) {
    const middle = Math.sqrt(low * high);
    if (excess(middle) > 0) high = middle;
    else low = middle;
  }
  const shape = Math.sqrt(low * high);
  const power = lifetimes.reduce((sum, lifetime) => sum + lifetime ** shape, 0) / lifetimes.length;
  return { shape, scale: power ** (1 / shape) };
}

/** The large-sample interval: the standard error of the shape is .7797 k / sqrt(n) (Bain and Engelhardt 1991). */
export const weibullShapeInterval = (shape: number, n: number, confidence: number): ConfidenceInterval =>
  normalInterval(shape, (0.7797 * shape) / Math.sqrt(n), confidence);

import { inverseDiagonal, solveLinear, student975 } from './linear.ts';

/** Throughput (per second) measured with `n` requests in flight. Repeats are several points with the same n. */
export interface SweepPoint {
  n: number;
  throughput: number;
}

export interface Estimate {
  value: number;
  /** 95% confidence interval. */
  low: number;
  high: number;
}

/**
 * The universal scalability law (Gunther 2007): X(N) = lambda N / (1 + sigma (N-1) + kappa N (N-1)).
 * lambda: throughput of one; sigma: contention, the serial share; kappa: coherency, the cost of keeping state
 * consistent.
 */
export type UslFit =
  | {
      kind: 'fitted';
      lambda: Estimate;
      sigma: Estimate;
      kappa: Estimate;
      /** Share of the variance of throughput that the curve explains. */
      r2: number;
      /** The N where throughput peaks, when kappa differs from 0 significantly. */
      peak: { n: number; throughput: number } | undefined;
      /** Parameters that the data cannot distinguish from 0, with the possible reason. */
      unidentified: string[];
    }
  | { kind: 'not-identifiable'; why: string };

type Parameters = [lambda: number, sigma: number, kappa: number];

export function uslThroughput([lambda, sigma, kappa]: Parameters, n: number): number {
  return (lambda * n) / (1 + sigma * (n - 1) + kappa * n * (n - 1));
}

/**
 * Least squares on relative residuals (noise grows with throughput), Levenberg-Marquardt, sigma and kappa kept at or
 * above 0.
 */
export function fitUsl(points: readonly SweepPoint[]): UslFit {
  const usable = points.filter((point) => point.throughput > 0);
  const distinct = new Set(usable.map((point) => point.n));
  if (distinct.size < 4)
    return {
      kind: 'not-identifiable',
      why: `three parameters need at least four different numbers in flight, not ${distinct.size}`,
    };
  const p = descend(usable, start(usable));
  const normal = products(usable.map((point) => derivatives(p, point)));
  // Scaled to a unit diagonal first: the parameters differ by many orders of magnitude.
  const scale = normal.map((row, i) => Math.sqrt(row[i] ?? 0));
  if (scale.some((s) => !(s > 0)))
    return { kind: 'not-identifiable', why: 'throughput does not depend on all three parameters' };
  const variances = inverseDiagonal(
    normal.map((row, i) => row.map((value, k) => value / ((scale[i] ?? 1) * (scale[k] ?? 1)))),
  );
  if (!variances || variances.some((v) => !(v > 0 && v < 1e10)))
    return { kind: 'not-identifiable', why: 'contention and coherency explain these points equally well' };
  const freedom = usable.length - 3;
  const s2 = cost(usable, p) / Math.max(1, freedom);
  const [lambda, sigma, kappa] = p.map((value, i): Estimate => {
    const half = (student975(freedom) * Math.sqrt(s2 * (variances[i] ?? 0))) / (scale[i] ?? 1);
    return { value, low: i === 0 ? value - half : Math.max(0, value - half), high: value + half };
  }) as [Estimate, Estimate, Estimate];
  if (!(lambda.low > 0)) return { kind: 'not-identifiable', why: 'the measurements vary too much' };
  const unidentified: string[] = [];
  if (sigma.low <= 0) unidentified.push('sigma: contention does not differ from 0 by more than noise');
  if (kappa.low <= 0)
    unidentified.push('kappa: throughput does not fall within the range; try more requests in flight');
  const peakN = Math.max(1, Math.sqrt(Math.max(0, 1 - sigma.value) / kappa.value));
  const peak = kappa.low > 0 ? { n: peakN, throughput: uslThroughput(p, peakN) } : undefined;
  return { kind: 'fitted', lambda, sigma, kappa, r2: r2(usable, p), peak, unidentified };
}

/** N/X is linear in 1/lambda, sigma/lambda and kappa/lambda. This gives a start that is already close. */
function start(points: readonly SweepPoint[]): Parameters {
  const rows = points.map(({ n, throughput }) => {
    const y = n / throughput;
    return [1 / y, (n - 1) / y, (n * (n - 1)) / y] as const;
  });
  const smallest = points.reduce((a, b) => (b.n < a.n ? b : a));
  const right = columns.map((i) => total(rows, (row) => row[i]));
  const solved = solveLinear(products(rows), right);
  const inverse = solved?.[0] ?? 0;
  if (!solved || inverse <= 0) return [smallest.throughput / smallest.n, 0.01, 1e-5];
  return [1 / inverse, Math.max(0, (solved[1] ?? 0) / inverse), Math.max(0, (solved[2] ?? 0) / inverse)];
}

function descend(points: readonly SweepPoint[], from: Parameters): Parameters {
  let p = from;
  let damping = 1e-3;
  for (let step = 0; step < 300 && damping < 1e12; step++) {
    const slopes = points.map((point) => derivatives(p, point));
    const residuals = points.map(({ n, throughput }) => 1 - uslThroughput(p, n) / throughput);
    const gradient = columns.map((i) => total(slopes, (row, at) => row[i] * residuals[at]!));
    const delta = solveLinear(
      products(slopes).map((row, i) => row.map((value, k) => (i === k ? value * (1 + damping) + 1e-30 : value))),
      gradient,
    );
    const next = p.map((value, i) => Math.max(i === 0 ? 1e-12 : 0, value + (delta?.[i] ?? 0))) as Parameters;
    const better = delta !== undefined && cost(points, next) < cost(points, p);
    const moved = next.some((value, i) => Math.abs(value - (p[i] ?? 0)) > 1e-12 * Math.abs(value));
    if (better) p = next;
    else if (!moved) break;
    damping = better ? damping / 5 : damping * 4;
  }
  return p;
}

/** d(X/throughput) by each parameter. */
function derivatives(p: Parameters, { n, throughput }: SweepPoint): [number, number, number] {
  const x = uslThroughput(p, n) / throughput;
  const bottom = 1 + p[1] * (n - 1) + p[2] * n * (n - 1);
  return [x / p[0], (-x * (n - 1)) / bottom, (-x * n * (n - 1)) / bottom];
}

const columns = [0, 1, 2] as const;
type Row = readonly [number, number, number];

/** The left side of the normal equations: for each two columns, the sum of their products. */
const products = (rows: readonly Row[]): number[][] =>
  columns.map((i) => columns.map((k) => total(rows, (row) => row[i] * row[k])));

function total<Item>(items: readonly Item[], of: (item: Item, index: number) => number): number {
  return items.reduce((sum, item, index) => sum + of(item, index), 0);
}

function cost(points: readonly SweepPoint[], p: Parameters): number {
  return total(points, ({ n, throughput }) => (1 - uslThroughput(p, n) / throughput) ** 2);
}

function r2(points: readonly SweepPoint[], p: Parameters): number {
  const mean = total(points, ({ throughput }) => throughput) / points.length;
  const whole = total(points, ({ throughput }) => (throughput - mean) ** 2);
  const rest = total(points, ({ n, throughput }) => (throughput - uslThroughput(p, n)) ** 2);
  return whole > 0 ? 1 - rest / whole : 0;
}

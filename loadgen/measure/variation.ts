/** Mean and variance in one pass (Welford 1962), mergeable (Chan, Golub, LeVeque 1979). */
export interface Moments {
  n: number;
  mean: number;
  m2: number;
}

export function moments(): Moments {
  return { n: 0, mean: 0, m2: 0 };
}

export function observe(into: Moments, value: number): void {
  into.n++;
  const delta = value - into.mean;
  into.mean += delta / into.n;
  into.m2 += delta * (value - into.mean);
}

export function mergeMoments(a: Moments, b: Moments): Moments {
  const n = a.n + b.n;
  if (n === 0) return moments();
  const delta = b.mean - a.mean;
  return { n, mean: a.mean + (delta * b.n) / n, m2: a.m2 + b.m2 + (delta * delta * a.n * b.n) / n };
}

/** Coefficient of variation: 0 for a constant stream, 1 for a Poisson one; undefined for fewer than two values. */
export function variation(of: Moments): number | undefined {
  return of.n < 2 || of.mean <= 0 ? undefined : Math.sqrt(of.m2 / of.n) / of.mean;
}

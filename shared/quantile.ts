/** Needs at least one value. Of an even number of values, it is the mean of the two middle ones. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The lower of the two middle values where their number is even; of at least one value. */
export function lowerMedian(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1]!;
}

/** Between the two nearest values, in proportion; of at least one value. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = q * (sorted.length - 1);
  const below = sorted[Math.floor(position)]!;
  return below + (position % 1) * (sorted[Math.ceil(position)]! - below);
}

/** The smallest value that a share `q` of the values does not exceed (nearest rank); of at least one value. */
export function nearestRank(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]!;
}

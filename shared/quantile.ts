/** The median of at least one value. If the number of values is even: the mean of the two middle values. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The median of at least one value. If the number of values is even: the lower of the two middle values. */
export function lowerMedian(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1]!;
}

/** The quantile of at least one value, interpolated linearly between the two nearest values. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = q * (sorted.length - 1);
  const below = sorted[Math.floor(position)]!;
  return below + (position % 1) * (sorted[Math.ceil(position)]! - below);
}

/**
 * The quantile of at least one value (nearest rank): the smallest value that a share `q` of the values does not exceed.
 */
export function nearestRank(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]!;
}

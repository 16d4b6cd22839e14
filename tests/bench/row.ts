/** One figure of the benchmark: two things measured in turn in one run, and the ratio between them. */
export interface Row {
  /** The figure's number in docs/performance.md. */
  readonly row: number;
  readonly name: string;
  /** The median of ours and of the reference, with their units. `reference` = 'none' where a figure stands alone. */
  readonly ours: string;
  readonly reference: string;
  /** The median of the pairwise ratios ours/reference; the figure itself where there is no reference. */
  readonly ratio: number;
  /** The smallest and largest of the pairs. */
  readonly spread: readonly [number, number];
  readonly goal: string;
  readonly met: boolean;
  /** What a reader must know to believe it. */
  readonly note?: string;
}

/** Measures a group of figures; says how far it is. What cannot be measured here gives no row and a word why. */
export interface Bench {
  readonly run: (say: (line: string) => void) => Promise<readonly Row[]>;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function spread(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** `digits` significant ones: 0.8312 -> "0.831". */
export function significant(value: number, digits = 3): string {
  return Number(value.toPrecision(digits)).toString();
}

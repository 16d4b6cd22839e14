/** One figure of the benchmark. One run measures two things in turn; the figure is the ratio between them. */
export interface Row {
  /** The figure's number in docs/performance.md. */
  readonly row: number;
  readonly name: string;
  /** Our median and the reference's median, with their units. `reference` = 'none' where a figure has no reference. */
  readonly ours: string;
  readonly reference: string;
  /** The median of the pairwise ratios ours/reference; the figure itself where there is no reference. */
  readonly ratio: number;
  /** The smallest and the largest ratio of all pairs. */
  readonly spread: readonly [number, number];
  readonly goal: string;
  readonly met: boolean;
  /** The conditions that a reader must know to trust the figure. */
  readonly note?: string;
}

/**
 * Measures a group of figures and reports its progress; with `full`, in the long form if it has one. A figure that this
 * machine cannot measure gives no row, but a message.
 */
export interface Bench {
  readonly run: (say: (line: string) => void, full: boolean) => Promise<readonly Row[]>;
}

export function spread(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** `digits` significant digits: 0.8312 -> "0.831". */
export function significant(value: number, digits = 3): string {
  return Number(value.toPrecision(digits)).toString();
}

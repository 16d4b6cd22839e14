import { median } from '../../shared/quantile.ts';

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

/** The figure of pairs that were measured in turn. */
export function ofRatios(ratios: readonly number[]): Pick<Row, 'ratio' | 'spread'> {
  return { ratio: median(ratios), spread: [Math.min(...ratios), Math.max(...ratios)] };
}

/** A row without a reference: the median of the values should not be above a goal. */
export function rowToGoal(
  { goal, ...row }: Pick<Row, 'row' | 'name' | 'goal' | 'note'>,
  values: readonly number[],
  most: number,
  inWords: (value: number) => string,
): Row {
  const figure = ofRatios(values.map((value) => value / most));
  const compared = { goal: `<= ${goal} (ratio to the goal <= 1)`, met: figure.ratio <= 1 };
  return { ...row, ours: inWords(median(values)), reference: 'none', ...figure, ...compared };
}

/** `digits` significant digits: 0.8312 -> "0.831". */
export function significant(value: number, digits = 3): string {
  return Number(value.toPrecision(digits)).toString();
}

export interface Column<Row> {
  readonly head: string;
  readonly text: (row: Row) => string;
  readonly align?: 'left' | 'right';
  /** Colours a cell after it was measured. */
  readonly paint?: (row: Row) => (text: string) => string;
}

/** Rows under a head, as wide as their widest cell. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  dim: (text: string) => string = String,
): readonly string[] {
  const cells = rows.map((row) => columns.map(({ text }) => text(row)));
  const widths = columns.map(({ head }, i) => Math.max(head.length, ...cells.map((row) => row[i]!.length)));
  const fit = (text: string, i: number): string =>
    columns[i]!.align === 'right' ? text.padStart(widths[i]!) : text.padEnd(widths[i]!);
  const head = dim(
    columns
      .map((column, i) => fit(column.head, i))
      .join('  ')
      .trimEnd(),
  );
  const lines = cells.map((row, r) =>
    row
      .map((text, i) => (columns[i]!.paint?.(rows[r]!) ?? String)(fit(text, i)))
      .join('  ')
      .trimEnd(),
  );
  return [head, ...lines];
}

/** A time span for people: `0.42 s`, `12.3 s`, `4 min 10 s`, `2 h 5 min`; `-` for none. */
export function span(ms: number | undefined): string {
  if (ms === undefined) return '-';
  const seconds = ms / 1_000;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A share with as many nines as it has: 99.9994%. */
export function share(value: number): string {
  if (value >= 1) return '100%';
  const nines = Math.min(4, Math.max(1, Math.ceil(-Math.log10(1 - value)) - 1));
  return `${(Math.floor(value * 10 ** (nines + 2)) / 10 ** nines).toFixed(nines)}%`;
}

import type { Terminal } from './terminal.ts';

export interface Column<Row> {
  readonly head: string;
  readonly text: (row: Row) => string;
  readonly align?: 'left' | 'right';
  /** The least width, so that rows that are printed one by one fit under one head. */
  readonly width?: number;
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
  const widths = columns.map(({ head, width = 0 }, i) =>
    Math.max(width, head.length, ...cells.map((row) => row[i]!.length)),
  );
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

/** Prints rows under a head. */
export function showTable<Row>(
  { line, dim }: Pick<Terminal, 'line' | 'dim'>,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
): void {
  for (const text of table(rows, columns, dim)) line(text);
}

/** Prints rows of plain cells under a head. A column that holds a number stands to the right. */
export function printTable(
  terminal: Pick<Terminal, 'line' | 'dim'>,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  const columns = head.map((title, i): Column<(typeof rows)[number]> => {
    const align = rows.some((row) => typeof row[i] === 'number') ? 'right' : 'left';
    return { head: title, text: (row) => String(row[i]), align: i === head.length - 1 ? 'left' : align };
  });
  showTable(terminal, rows, columns);
}

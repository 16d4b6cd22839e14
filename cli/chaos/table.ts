import type { Terminal } from '../terminal.ts';

/** Rows in columns as wide as their widest cell; where there are numbers, to the right. The last column may be as long as it wants. */
export function printTable(
  terminal: Terminal,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => String(row[i]).length)));
  const toTheRight = head.map((_, i) => rows.some((row) => typeof row[i] === 'number'));
  const cell = (value: string | number, i: number): string => {
    if (i === head.length - 1) return String(value);
    return toTheRight[i] ? String(value).padStart(widths[i]!) : String(value).padEnd(widths[i]!);
  };
  terminal.line(terminal.dim(head.map(cell).join('  ').trimEnd()));
  for (const row of rows) terminal.line(row.map(cell).join('  ').trimEnd());
}

/** `{ meanMs: 400 }` as `meanMs=400`. */
export function inWords(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

/** As many signs as still make a line: who wants all of them asks for JSON. */
const widest = 80;

/** The same for a table: the groups of a partition name every node. */
export function inShort(values: Readonly<Record<string, unknown>>): string {
  const all = inWords(values);
  return all.length > widest ? `${all.slice(0, widest - 1)}…` : all;
}

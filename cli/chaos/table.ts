import type { Terminal } from '../terminal.ts';

/** Rows in columns as wide as their widest cell; numbers to the right. The last column may be as long as it wants. */
export function printTable(terminal: Terminal, head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => String(row[i]).length)));
  const cell = (value: string | number, i: number): string => {
    if (i === head.length - 1) return String(value);
    return typeof value === 'number' ? String(value).padStart(widths[i]!) : value.padEnd(widths[i]!);
  };
  const heads = head.map((title, i) => (typeof rows[0]?.[i] === 'number' ? title.padStart(widths[i]!) : cell(title, i)));
  terminal.line(terminal.dim(heads.join('  ').trimEnd()));
  for (const row of rows) terminal.line(row.map(cell).join('  ').trimEnd());
}

/** `{ meanMs: 400 }` as `meanMs=400`. */
export function inWords(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

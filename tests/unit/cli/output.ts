import { spawnSync } from 'node:child_process';
import { tierlab } from '../../../cli/command-line.ts';

type Row = Readonly<Record<string, string>>;

/** The rows of all tables in an output; each row has its cells by the heads of the columns. */
export function rowsOf(said: string): readonly Row[] {
  const rows: Row[] = [];
  let heads: readonly string[] = [];
  for (const line of said.split('\n')) {
    const cells = line.trim().split(/ {2,}/);
    if (cells.length === 1) heads = [];
    else if (heads.length === 0) heads = cells;
    else rows.push(Object.fromEntries(heads.map((head, i) => [head, cells[i] ?? ''])));
  }
  return rows;
}

/** The first cell of every row. */
export const namesOf = (said: string): readonly string[] => rowsOf(said).map((row) => Object.values(row)[0]!);

/** The row with this first cell. */
export const rowOf = (said: string, name: string): Row | undefined =>
  rowsOf(said).find((row) => Object.values(row)[0] === name);

/** The arguments of each command that was printed to be pasted, as a shell passes them to the program. */
export function commandsIn(said: string): string[][] {
  const start = tierlab('');
  const lines = said.split('\n').filter((line) => line.includes(start));
  return lines.map((line) => {
    const words = line.slice(line.indexOf(start) + start.length);
    const { stdout } = spawnSync('/bin/sh', ['-c', `printf '%s\\n' ${words}`], { encoding: 'utf8' });
    return stdout.trimEnd().split('\n');
  });
}

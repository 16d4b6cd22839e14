import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a simulation leaves for a reader: reports/simulation/<name>.txt. */
export interface Transcript {
  line(text: string): void;
  /** Columns, right-aligned. */
  row(...cells: (string | number)[]): void;
  save(): void;
}

export function transcript(name: string, title: string): Transcript {
  const lines = [title, ''];
  return {
    line: (text) => void lines.push(text),
    row(...cells) {
      const [first = '', ...rest] = cells.map((cell) =>
        typeof cell === 'number' ? String(Math.round(cell * 1_000) / 1_000) : cell,
      );
      lines.push(first.padEnd(28) + rest.map((cell) => cell.padStart(14)).join(''));
    },
    save() {
      const folder = join(import.meta.dirname, '../../reports/simulation');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${name}.txt`), `${lines.join('\n')}\n`);
    },
  };
}

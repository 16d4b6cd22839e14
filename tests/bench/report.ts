import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { markup, type Markup } from '../../web/markup.ts';
import { significant, type Row } from './row.ts';

export interface BenchReport {
  readonly rows: readonly Row[];
  readonly node: string;
  readonly cores: number;
  readonly at: string;
}

/** Writes bench.json and a self-contained page. */
export function writeReport(dir: string, report: BenchReport): void {
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, 'bench.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(path.join(dir, 'index.html'), page(report));
}

/** One line per row, for the terminal. */
export function line(row: Row): string {
  const [low, high] = row.spread;
  const versus = row.reference === 'none' ? '' : ` against ${row.reference}`;
  return (
    `${row.met ? '✓' : '✗'} ${String(row.row).padStart(2)} ${row.name}: ${row.ours}${versus}; ` +
    `ratio ${significant(row.ratio)} (${significant(low)} to ${significant(high)}), goal ${row.goal}` +
    (row.note ? ` - ${row.note}` : '')
  );
}

function page({ rows, node, cores, at }: BenchReport): string {
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Tierlab benchmark</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .45rem .7rem; vertical-align: top; }
th, td { border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
td:nth-child(5) { font-variant-numeric: tabular-nums; white-space: nowrap; }
.met { color: light-dark(#1a7f4b, #58c98b); } .missed { color: light-dark(#b3261e, #ff8a80); } small { opacity: .75; }
.scroll { overflow-x: auto; }
</style></head><body>
<h1>Tierlab benchmark</h1>
<p>${at}, Node.js ${node}, ${cores} cores. Each figure: ours and the reference in turn (A B A B ...),
median of the pairs. Other programs use this machine, too, so each figure has a spread.</p>
<div class="scroll"><table>
<thead><tr>${columns.map((name) => markup`<th>${name}</th>`)}</tr></thead>
<tbody>
${rows.map(tableRow)}</tbody></table></div></body></html>
`.text;
}

const columns = ['#', 'figure', 'ours', 'reference', 'ratio (spread)', 'goal', ''];

function tableRow({ row, name, note, ours, reference, ratio, spread: [low, high], goal, met }: Row): Markup {
  const figure = note === undefined ? name : markup`${name}<br><small>${note}</small>`;
  const cells = [
    row,
    figure,
    ours,
    reference,
    `${significant(ratio)} (${significant(low)}-${significant(high)})`,
    goal,
  ];
  const verdict = met ? 'met' : 'missed';
  return markup`<tr>${cells.map((cell) => markup`<td>${cell}</td>`)}<td class="${verdict}">${verdict}</td></tr>
`;
}

import type { Trace } from '../../services/traces/contract.ts';
import { type RowPhase, type WaterfallRow, waterfallRows } from '../../services/traces/rows.ts';
import { preciseDuration } from '../../web/numbers.ts';
import type { Terminal } from '../terminal.ts';

/** Each phase has a character of its own, so that the picture can be read without colour. */
const marks: Readonly<Record<RowPhase, string>> = {
  way: '─',
  queue: '┄',
  work: '█',
  'wait-for-data': '▓',
  'wait-for-result': '░',
  failed: '╳',
};
const words: Readonly<Record<RowPhase, string>> = {
  work: 'work',
  'wait-for-data': 'wait for data',
  'wait-for-result': 'wait for result',
  queue: 'in the queue',
  way: 'on the way',
  failed: 'no answer',
};

/** The bars never get narrower than this, however long the names are. */
const narrowest = 20;
const widestBar = 120;

/** A trace as lines for a terminal of `columns` characters. */
export function waterfall(trace: Trace, terminal: Terminal, columns: number): string[] {
  const rows = waterfallRows(trace);
  const labels = rows.map(labelOf);
  const times = rows.map(({ heldMs, durationMs }) => preciseDuration(heldMs ?? durationMs));
  const timeWidth = Math.max(...times.map((time) => time.length));
  const longest = Math.max(...labels.map((label) => label.length));
  const labelWidth = Math.min(longest, Math.max(16, columns - narrowest - timeWidth - 4));
  const barWidth = Math.min(widestBar, Math.max(narrowest, columns - labelWidth - timeWidth - 4));
  const endMs = Math.max(
    trace.durationMs,
    ...rows.flatMap(({ segments }) => segments.map((it) => it.startMs + it.durationMs)),
  );
  const paint = painter(terminal);
  return rows.map((row, i) => {
    const label = cut(labels[i]!, labelWidth).padEnd(labelWidth);
    const bar = barOf(row, endMs, barWidth, paint);
    return `${row.outcome === 'ok' ? label : terminal.bad(label)}  ${bar}  ${times[i]!.padStart(timeWidth)}`;
  });
}

/** The marks of the bars, with their meaning. */
export function legend(terminal: Terminal): string {
  const paint = painter(terminal);
  const phases = Object.keys(words) as RowPhase[];
  return phases.map((phase) => `${paint[phase](marks[phase])} ${terminal.dim(words[phase])}`).join('  ');
}

function labelOf({ depth, node, what, notes }: WaterfallRow): string {
  return `${'  '.repeat(depth)}${node} ${what}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
}

function painter({ good, warn, bad, dim, info }: Terminal): Readonly<Record<RowPhase, (text: string) => string>> {
  return { work: good, 'wait-for-data': info, 'wait-for-result': dim, queue: warn, way: dim, failed: bad };
}

/** One character per cell: what lasts longest in it. */
function barOf(
  { segments }: WaterfallRow,
  endMs: number,
  width: number,
  paint: Readonly<Record<RowPhase, (text: string) => string>>,
): string {
  const cellMs = endMs / width;
  const cells = Array.from({ length: width }, (_, i): RowPhase | undefined => {
    const [from, to] = [i * cellMs, (i + 1) * cellMs];
    let longest = 0;
    let phase: RowPhase | undefined;
    for (const it of segments) {
      const overlapMs = Math.min(to, it.startMs + it.durationMs) - Math.max(from, it.startMs);
      if (overlapMs > longest) [longest, phase] = [overlapMs, it.phase];
    }
    return phase;
  });
  let bar = '';
  for (let i = 0; i < width;) {
    let end = i + 1;
    while (end < width && cells[end] === cells[i]) end++;
    const phase = cells[i];
    bar += phase === undefined ? ' '.repeat(end - i) : paint[phase](marks[phase].repeat(end - i));
    i = end;
  }
  return bar;
}

const cut = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text);

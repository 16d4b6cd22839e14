import type { Terminal } from '../../cli/terminal.ts';
import type { Home } from '../runner/home.ts';
import type { Lab } from '../runner/lab.ts';
import { noteHints, progressOf } from '../runner/progress.ts';
import { wrapped } from './wrapped.ts';

const rungs = ['the concept', 'the formula', 'a worked analogue'] as const;

/** The next rung of the ladder, with those before it. Reading hints is recorded and costs nothing. */
export function hint(lab: Lab, home: Home, terminal: Terminal): void {
  const shown = Math.min(progressOf(home, lab.id).hints + 1, rungs.length);
  noteHints(home, lab.id, shown);
  for (let i = 0; i < shown; i++) terminal.line(wrapped(`${i + 1}. ${terminal.bold(rungs[i]!)}: ${lab.hints[i]}`));
  terminal.line(
    terminal.dim(
      shown < rungs.length
        ? `The same command shows hint ${shown + 1}.`
        : 'This is the last hint. Now predict and measure.',
    ),
  );
}

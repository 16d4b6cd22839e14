import type { Terminal } from '../../cli/terminal.ts';
import type { Home } from '../runner/home.ts';
import { hintNames, type Lab } from '../runner/lab.ts';
import { readNextHint } from '../runner/progress.ts';
import { wrapped } from './wrapped.ts';

/** Shows the next hint, and those before it. */
export function hint(lab: Lab, home: Home, terminal: Terminal): void {
  const shown = readNextHint(home, lab);
  for (const [i, text] of shown.entries()) terminal.line(wrapped(`${i + 1}. ${terminal.bold(hintNames[i]!)}: ${text}`));
  terminal.line(
    terminal.dim(
      shown.length < hintNames.length
        ? `The same command shows hint ${shown.length + 1}.`
        : 'This is the last hint. Now predict and measure.',
    ),
  );
}

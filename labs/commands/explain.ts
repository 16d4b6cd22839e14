import path from 'node:path';
import type { Terminal } from '../../cli/terminal.ts';
import type { Home } from '../runner/home.ts';
import type { Lab } from '../runner/lab.ts';
import { writeExplanation } from '../runner/report/write.ts';

/** Puts the student's words into the hand-in and the report. */
export function explainLab(lab: Lab, text: string, home: Home, terminal: Terminal): void {
  writeExplanation(home, lab, text);
  terminal.line(`Your explanation is in ${path.join(home.reports(lab.id), 'hand-in.json')}, and in the report.`);
}

import path from 'node:path';
import { showTable } from '../../cli/table.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { onInterrupt } from '../../cli/interrupt.ts';
import type { Place } from '../kit/attached-cluster.ts';
import { LabUsageError, labExitCodes } from '../runner/errors.ts';
import type { RunListener } from '../runner/events.ts';
import type { Home } from '../runner/home.ts';
import type { Form, Lab } from '../runner/lab.ts';
import { drawParameters, type Owner } from '../runner/parameters.ts';
import { commit, reasonIn } from '../runner/prediction.ts';
import {
  cell,
  intervalCell,
  parametersInWords,
  predictedCell,
  predictionInWords,
  verdictSymbols,
  taskOf,
} from '../runner/report/words.ts';
import type { LabResult } from '../runner/result.ts';
import { runLab } from '../runner/run.ts';
import { parsePrediction, suffixOf } from '../runner/units.ts';
import { askPrediction, chooseAt } from './questions.ts';
import { wrapped } from './wrapped.ts';

export interface LabRunFlags {
  readonly predict?: string;
  readonly because?: string;
  readonly yes?: true;
}

/** How one lab is run from the terminal; resolves with the exit code. */
export async function runInTerminal(
  options: {
    readonly lab: Lab;
    readonly form: Form;
    readonly owner: Owner;
    readonly home: Home;
    readonly json: boolean;
    readonly attach?: Place | undefined;
  },
  flags: LabRunFlags,
  terminal: Terminal,
): Promise<{ readonly code: number; readonly result: LabResult }> {
  const { lab, form, owner, home, json, attach } = options;
  const parameters = drawParameters(lab, owner);
  const quantities = lab.quantities(parameters);
  const given =
    flags.predict === undefined
      ? undefined
      : commit(lab.id, parsePrediction(flags.predict, quantities), reasonIn(flags.because, '--because "TEXT"'));
  if (!given && !flags.yes && !process.stdin.isTTY)
    throw new LabUsageError(
      `a prediction is wanted: --predict ${quantities.map(({ unit }) => `N${suffixOf(unit)}`).join(',')} ` +
        '--because TEXT; --yes runs without one',
    );
  terminal.line(`Lab ${lab.id}: ${terminal.bold(lab.question)}`);
  const numbers = parametersInWords(lab, parameters);
  if (numbers !== undefined) terminal.line(`Your numbers: ${numbers}`);
  terminal.line(terminal.dim(`Text: labs/${lab.id}-${lab.name}/README.md`));
  if (lab.failuresExpected) terminal.line(terminal.warn('! failures are part of this lab'));
  const result = await onInterrupt((signal) =>
    runLab({
      lab,
      form,
      owner,
      home,
      attach,
      signal,
      predict: async () => given ?? (flags.yes ? undefined : askPrediction(lab, quantities, terminal, signal)),
      ...(!flags.yes && process.stdin.isTTY && { choose: chooseAt(terminal) }),
      on: shownAt(terminal),
    }),
  );
  terminal.settle();
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else show(lab, result, home, terminal);
  return {
    result,
    code: { PASS: labExitCodes.passed, FAIL: labExitCodes.failed, UNKNOWN: labExitCodes.unknown }[result.verdict],
  };
}

/** The terminal shows the progress, and what the lab says. */
const shownAt =
  (terminal: Terminal): RunListener =>
  (event) => {
    if (event.kind === 'progress') terminal.progress(event.label, event.done, event.total);
    else if (event.kind === 'say') terminal.line(terminal.dim(event.text));
  };

function show(lab: Lab, result: LabResult, home: Home, terminal: Terminal): void {
  const { verdict, rows, checks } = result;
  const mark = { PASS: terminal.good, FAIL: terminal.bad, UNKNOWN: terminal.warn }[verdict];
  terminal.line('');
  showTable(terminal, rows, [
    { head: '', text: ({ label }) => label },
    { head: 'predicted', text: predictedCell, align: 'right' },
    { head: 'theory', text: (row) => cell(row.theory, row), align: 'right' },
    { head: 'measured', text: (row) => cell(row.measured, row), align: 'right' },
    { head: 'interval', text: intervalCell },
    { head: 'n', text: ({ n }) => n.toLocaleString('en'), align: 'right' },
  ]);
  terminal.line('');
  for (const { verdict: one, label, detail, next } of checks)
    terminal.line(wrapped(`${verdictSymbols[one]} ${label}: ${detail}${next ? `. Next: ${next}` : ''}`));
  const passed = checks.filter((it) => it.verdict === 'PASS').length;
  terminal.line(`${mark(`${verdictSymbols[verdict]} ${verdict}`)}  ${passed} of ${checks.length} checks hold.`);
  terminal.line(wrapped(predictionInWords(result)));
  if (verdict === 'FAIL' && result.timeline.length > 0)
    for (const line of result.timeline) terminal.line(terminal.dim(`  ${line}`));
  terminal.line('');
  for (const paragraph of lab.explanation(result.parameters).split('\n\n')) terminal.line(`${wrapped(paragraph)}\n`);
  terminal.line(wrapped(taskOf(result).text));
  terminal.line(wrapped(`One more question: ${lab.transfer.question}`));
  terminal.line('');
  const relative = path.relative(process.cwd(), home.reports(lab.id)) || '.';
  const folder = relative.startsWith('..') ? home.reports(lab.id) : relative;
  terminal.line(`Report:   ${folder}/index.html`);
  terminal.line(`Hand in:  ${folder}/hand-in.json`);
  if (verdict !== 'UNKNOWN')
    terminal.line(
      `Explain:  npm run lab -- explain ${lab.id} "two sentences"   (they become a part of what you hand in)`,
    );
  terminal.line(`Again:    ${result.command}`);
}

import { tierlab } from '../../command-line.ts';
import { faultKinds } from '../../../shared/faults/kinds.ts';
import { exitCodes } from '../../../shared/exit-codes.ts';
import { UsageError } from '../../errors.ts';
import { onInterrupt } from '../../interrupt.ts';
import { createTerminal, type Terminal } from '../../terminal.ts';
import { askController, connect, type ChaosConnection } from '../connection.ts';
import { durationOf } from '../parameters.ts';
import { printTable } from '../../table.ts';
import { casesOf, type Case } from './cases.ts';
import { withCluster, type WantedCluster } from './cluster.ts';
import { runCase, type MatrixRow } from './matrix.ts';
import { watchUserAnswers } from './user-answers.ts';
import { prepareQuestions } from './questions.ts';
import { withVotes } from './votes.ts';
import { printJson } from '../../print-json.ts';

interface MatrixFlags extends WantedCluster {
  readonly kinds?: string;
  readonly wait: string;
  readonly votes: 'always' | 'as-is';
  readonly json?: true;
}

/** Fails if a fault had no effect or was not healed. A fault that is not detected or not masked is no failure here. */
export async function matrix(flags: MatrixFlags): Promise<void> {
  const { rows, unknown } = casesOf(flags.kinds?.split(',').map((name) => name.trim()));
  if (unknown.length > 0)
    throw new UsageError(`there is no kind ${unknown.join(', ')}. All kinds: ${tierlab('chaos kinds')}`);
  const detectionWaitMs = durationOf('--wait', flags.wait);
  const terminal = createTerminal(process.stderr);
  const results = await onInterrupt((signal) =>
    withCluster(flags, terminal, signal, async () => {
      const connection = await connect(flags);
      const run = () => runAll(connection, rows, detectionWaitMs, terminal, signal);
      return withVotes(connection, flags.votes, terminal, run);
    }),
  );
  terminal.settle();
  if (results.length < rows.length)
    terminal.line(terminal.dim(`interrupted: ${results.length} of ${rows.length} rows were measured`));
  if (flags.json) printJson(results);
  else show(results);
  if (results.length < rows.length) process.exitCode = exitCodes.interrupted;
  else if (results.some(({ applied, healed }) => !applied || !healed)) process.exitCode = exitCodes.failed;
}

async function runAll(
  connection: ChaosConnection,
  rows: readonly Case[],
  detectionWaitMs: number,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<MatrixRow[]> {
  const doors = connection.nodes.flatMap(({ host, doors: { gateway } }) =>
    gateway === undefined ? [] : [`http://${host}:${gateway}`],
  );
  const questions = await prepareQuestions(connection.nodes);
  const userAnswers = await watchUserAnswers(doors);
  const results: MatrixRow[] = [];
  const turns = new Map<string, number>();
  let running = '';
  const onAbort = (): void => terminal.line(terminal.dim(`interrupted: ends when ${running} is over`));
  signal.addEventListener('abort', onAbort);
  try {
    for (const [i, it] of rows.entries()) {
      if (signal.aborted) break;
      running = it.kind;
      terminal.progress(it.kind, i, rows.length);
      const group = `${it.component} ${it.shard}`;
      const turn = turns.get(group) ?? 0;
      turns.set(group, turn + 1);
      results.push(await runCase(it, turn, { connection, questions, userAnswers, detectionWaitMs }));
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    await userAnswers.stop();
    await askController(connection, 'POST', '/halt', { reason: 'the matrix is over' }).catch(() => undefined);
  }
  const order = [...faultKinds.keys()];
  return results.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

function show(rows: readonly MatrixRow[]): void {
  const terminal = createTerminal(process.stdout);
  const sign = (it: boolean): string => (it ? 'yes' : 'NO');
  printTable(
    terminal,
    ['kind', 'applied', 'detected as', 'detection ms', 'masked', 'healed', 'victim', 'what was measured there'],
    rows.map((row) => [
      row.kind,
      sign(row.applied),
      row.detectedAs ?? '-',
      row.detectionMs === null ? '-' : String(row.detectionMs),
      sign(row.masked),
      sign(row.healed),
      row.victim,
      row.effect,
    ]),
  );
  const sum = (of: (row: MatrixRow) => number): number => rows.reduce((total, row) => total + of(row), 0);
  terminal.line(
    terminal.dim(
      `\nmasked: while faults were in effect, users got ${sum(({ users }) => users.asked)} answers. ` +
        `${sum(({ users }) => users.failed)} failed and ${sum(({ users }) => users.wrong)} differed from the ` +
        'answer before the fault.',
    ),
  );
}

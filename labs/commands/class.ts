import { readdirSync } from 'node:fs';
import path from 'node:path';
import { printTable } from '../../cli/table.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { labs } from '../registry.ts';
import { LabUsageError } from '../runner/errors.ts';
import { readHandIn, type HandIn } from '../runner/hand-in.ts';
import { digits } from '../runner/units.ts';
import { handInProblem } from './verify.ts';

interface Row {
  readonly file: string;
  readonly handIn: HandIn | undefined;
  readonly problem: string | undefined;
}

/** Reads all hand-ins below a folder: who passed, how predictions spread, what is doubtful. */
export async function classOf(folder: string, terminal: Terminal): Promise<void> {
  const rows = await read(folder);
  if (rows.length === 0) throw new LabUsageError(`${folder} holds no .json file`);
  printTable(
    terminal,
    ['file', 'student', 'lab', 'verdict', 'prediction', 'explained', 'receipt'],
    rows.map(({ file, handIn, problem }) => [
      file,
      handIn?.result.owner.student ?? '-',
      handIn?.result.lab ?? '-',
      handIn?.result.verdict ?? '-',
      predictionOf(handIn),
      handIn?.explanation ? 'yes' : 'no',
      problem ?? 'valid',
    ]),
  );
  const valid = rows.flatMap(({ handIn, problem }) => (handIn && problem === undefined ? [handIn] : []));
  for (const lab of labs) {
    const own = valid.filter(({ result }) => result.lab === lab.id);
    if (own.length === 0) continue;
    const right = own.filter(({ result }) => result.predictionRight).length;
    const predicting = own.filter(({ prediction }) => prediction).length;
    terminal.line('');
    terminal.line(terminal.bold(`Lab ${lab.id}: ${lab.question}`));
    const passed = own.filter(({ result }) => result.labPassed).length;
    terminal.line(`passed ${passed} of ${own.length}; predicted right ${right} of ${predicting}`);
    for (const line of histogram(own)) terminal.line(line);
  }
  for (const text of duplicates(rows)) terminal.line(terminal.warn(text));
}

function predictionOf(handIn: HandIn | undefined): string {
  if (!handIn?.prediction) return 'none';
  const right = handIn.result.predictionRight;
  if (right === null) return 'not judged';
  return right ? 'right' : 'not right';
}

async function read(folder: string): Promise<Row[]> {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true }).map(String);
  } catch {
    throw new LabUsageError(`there is no folder ${folder}`);
  }
  const rows: Row[] = [];
  for (const file of names.filter((name) => name.endsWith('.json')).sort()) {
    try {
      const handIn = readHandIn(path.join(folder, file));
      rows.push({ file, handIn, problem: await handInProblem(handIn) });
    } catch (error) {
      if (!(error instanceof LabUsageError)) throw error;
      rows.push({ file, handIn: undefined, problem: 'it cannot be read as a hand-in' });
    }
  }
  return rows;
}

/** Predictions of the first quantity as a share of the theory: students have different numbers. */
function histogram(handIns: readonly HandIn[]): string[] {
  const shares = handIns.flatMap(({ result: { rows } }) => {
    const first = rows[0];
    return first === undefined || first.predicted === null || first.theory === 0
      ? []
      : [first.predicted / first.theory];
  });
  const bounds = [0, 0.25, 0.5, 0.75, 0.9, 1.1, 1.5, 2, 4, Infinity];
  return bounds.slice(0, -1).flatMap((low, i) => {
    const count = shares.filter((share) => share >= low && share < bounds[i + 1]!).length;
    const range = `${digits(low)} to ${digits(bounds[i + 1]!)} of the theory`;
    return count === 0 ? [] : [`  ${range.padEnd(30)} ${'#'.repeat(count)} ${count}`];
  });
}

/** The same prediction with the same reason from two files. */
function duplicates(rows: readonly Row[]): string[] {
  const seen = new Map<string, string[]>();
  for (const { file, handIn } of rows) {
    if (!handIn?.prediction) continue;
    const key = JSON.stringify([handIn.result.lab, handIn.prediction.nonce]);
    seen.set(key, [...(seen.get(key) ?? []), file]);
  }
  return [...seen.values()]
    .filter((files) => files.length > 1)
    .map((files) => `the same prediction is in ${files.join(' and ')}`);
}

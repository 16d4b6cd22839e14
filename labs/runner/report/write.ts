import path from 'node:path';
import { LabUsageError } from '../errors.ts';
import { handInOf, readHandIn, receiptProblem, type HandIn } from '../hand-in.ts';
import { asJson, type Home, writeDurably } from '../home.ts';
import type { Lab } from '../lab.ts';
import { reportPage } from './page.ts';

/** The two files of a lab that hold the explanation: the hand-in and the report. */
export function writeHandIn(home: Home, lab: Lab, handIn: HandIn): void {
  const folder = home.reports(lab.id);
  writeDurably(path.join(folder, 'hand-in.json'), asJson(handIn));
  writeDurably(path.join(folder, 'index.html'), reportPage(lab, handIn));
}

const longest = 2_000;

/** Puts the student's explanation into the hand-in and the report of the last run. */
export function writeExplanation(home: Home, lab: Lab, text: string): HandIn {
  const explanation = text.trim();
  if (explanation === '') throw new LabUsageError('an explanation is wanted: two sentences in your own words');
  if (explanation.length > longest)
    throw new LabUsageError(`the explanation has ${explanation.length} characters; at most ${longest} are kept`);
  const handIn = lastHandIn(home, lab);
  if (!handIn) throw new LabUsageError(`lab ${lab.id} has no result yet: npm run lab -- ${lab.id} makes one`);
  const problem = receiptProblem(handIn);
  if (problem !== undefined) throw new LabUsageError(`the hand-in of lab ${lab.id} is not valid: ${problem}`);
  const explained = handInOf({ ...handIn, explanation });
  writeHandIn(home, lab, explained);
  return explained;
}

/** The hand-in of the last run that was judged; undefined before it. */
export function lastHandIn(home: Home, { id }: Pick<Lab, 'id'>): HandIn | undefined {
  try {
    return readHandIn(path.join(home.reports(id), 'hand-in.json'));
  } catch (error) {
    if (error instanceof LabUsageError) return undefined;
    throw error;
  }
}

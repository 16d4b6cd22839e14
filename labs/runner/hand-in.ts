import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Type, { type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { LabUsageError } from './errors.ts';
import { isUnchanged, type Prediction } from './prediction.ts';
import type { LabResult } from './result.ts';

/** The one file that a student hands in. */
export interface HandIn {
  readonly result: LabResult;
  readonly prediction: Prediction | null;
  /** Why the prediction and the measurement differ, in the student's words; null: not written yet. */
  readonly explanation: string | null;
  /**
   * A hash of all other members. A wrong hash shows that the file was edited. But a determined forger can compute a
   * right hash.
   */
  readonly receipt: string;
}

type Unsigned = Omit<HandIn, 'receipt'>;

const receiptOf = ({ result, prediction, explanation }: Unsigned): string =>
  hash('sha256', JSON.stringify(['tierlab lab receipt 2', result, prediction, explanation]), 'hex');

export const handInOf = (unsigned: Unsigned): HandIn => ({ ...unsigned, receipt: receiptOf(unsigned) });

/** Why a hand-in cannot be what the runner wrote; undefined = nothing was found. */
export function receiptProblem(handIn: HandIn): string | undefined {
  const { result, prediction, receipt } = handIn;
  if (prediction && !isUnchanged(prediction)) return 'the prediction was edited after it was stored';
  if (prediction && prediction.lab !== result.lab) return 'the prediction is of another lab';
  if (receiptOf(handIn) !== receipt) return 'the hand-in was edited after it was written';
  return undefined;
}

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** What commands read from a file of a student before they know that the runner wrote it. */
const shape = Type.Object({
  result: Type.Object({
    lab: Type.String(),
    owner: Type.Object({ seed: Type.Optional(Type.Number()), student: Type.Optional(Type.String()) }),
    rows: Type.Array(Type.Object({ predicted: nullable(Type.Number()), theory: Type.Number() })),
  }),
  prediction: nullable(Type.Object({ lab: Type.String(), nonce: Type.String(), sha256: Type.String() })),
  explanation: nullable(Type.String()),
  receipt: Type.String(),
});

/** Reads a hand-in; throws a LabUsageError if the file is not a hand-in. */
export function readHandIn(file: string): HandIn {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new LabUsageError(missing ? `there is no file ${file}` : `${file} is no hand-in: it cannot be read as JSON`);
  }
  if (!Value.Check(shape, read)) throw new LabUsageError(`${file} is no hand-in of a lab`);
  return read as unknown as HandIn;
}

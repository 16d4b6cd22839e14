import { hash, randomBytes } from 'node:crypto';
import { LabUsageError } from './errors.ts';

/**
 * What the student committed to. `sha256` is over the other members, and is stored before anything starts. The nonce
 * keeps others from guessing the prediction by its hash.
 */
export interface Prediction {
  readonly lab: string;
  readonly values: readonly number[];
  readonly because: string;
  readonly nonce: string;
  readonly sha256: string;
}

const commitmentOf = ({ lab, values, because, nonce }: Omit<Prediction, 'sha256'>): string =>
  hash('sha256', JSON.stringify([lab, values, because, nonce]), 'hex');

export function commit(lab: string, values: readonly number[], because: string): Prediction {
  const open = { lab, values, because, nonce: randomBytes(16).toString('hex') };
  return { ...open, sha256: commitmentOf(open) };
}

/** False when somebody changed it after it was stored. */
export const isUnchanged = (prediction: Prediction): boolean => commitmentOf(prediction) === prediction.sha256;

const longestReason = 500;

/** Why the student thinks so. Throws a LabUsageError if the text is empty or too long. `where` says how to give it. */
export function reasonIn(text: string | undefined, where = 'one sentence why'): string {
  const reason = text?.trim() ?? '';
  if (reason === '') throw new LabUsageError(`a prediction needs a reason: ${where}`);
  if (reason.length > longestReason)
    throw new LabUsageError(`the reason has ${reason.length} characters; at most ${longestReason} are kept`);
  return reason;
}

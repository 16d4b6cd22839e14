import { errorCodes, type ErrorCode } from './errors.ts';

/**
 * The result of a call in four classes, for metrics. `rejected`: the caller's own doing, such as a bad request or a
 * cancelled call. `refused`: the node works, and did not take the call. `failed`: everything else that is no answer.
 */
export const outcomes = ['ok', 'rejected', 'refused', 'failed'] as const;
export type Outcome = (typeof outcomes)[number];

export function outcomeOf(code: 'ok' | ErrorCode): Outcome {
  if (code === 'ok') return 'ok';
  if ('refusal' in errorCodes[code]) return 'refused';
  return errorCodes[code].blame === 'caller' ? 'rejected' : 'failed';
}

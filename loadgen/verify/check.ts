import type { CheckLevel } from '../options/plan.ts';
import type { Answer, Request } from '../workload/request.ts';
import { answerDigest } from './digest.ts';
import { keyOf } from './oracle.ts';
import type { Oracle } from './oracle.ts';

/**
 * right: a correct answer; wrong: it looks like success but is not; error: the server reported a failure. `compared`:
 * the answer was compared with the oracle.
 */
export type AnswerVerdict =
  | { kind: 'right'; compared: boolean }
  | { kind: 'wrong'; why: 'schema' | 'content' }
  | { kind: 'error'; why: string };

const rightCompared: AnswerVerdict = { kind: 'right', compared: true };
const right: AnswerVerdict = { kind: 'right', compared: false };

export interface Checker {
  /** Whether `check` needs the body of this request's answer. */
  needsBody(request: Request): boolean;
  check(request: Request, answer: Answer): AnswerVerdict;
}

/** `hasSchema` is a parameter, because the schema compiler is loaded only where shapes are checked. */
export function checker(
  level: CheckLevel,
  oracle: Oracle | undefined,
  hasSchema: (name: string, json: unknown) => boolean,
): Checker {
  const bySchema = level === 'schema' || level === 'content';
  const byContent = level === 'content' && oracle !== undefined;
  return {
    needsBody: (request) => (bySchema && request.schema !== undefined) || (byContent && keyOf(request) !== undefined),
    check(request, answer) {
      if (level === 'none') return right;
      const { status } = answer;
      if (!(request.expect ? request.expect.includes(status) : status >= 200 && status < 400))
        return { kind: 'error', why: `status_${status}` };
      // A redirect, or a failure that was expected, does not have the shape of a success.
      const success = status >= 200 && status < 300;
      if (bySchema && success && request.schema !== undefined && !hasSchema(request.schema, answer.json()))
        return { kind: 'wrong', why: 'schema' };
      const key = byContent && success ? keyOf(request) : undefined;
      if (key === undefined) return right;
      const agrees = oracle?.agrees(key, answerDigest(answer.body, answer.json()));
      return agrees === undefined ? right : agrees ? rightCompared : { kind: 'wrong', why: 'content' };
    },
  };
}

import { requestProblem } from '../workload/request-check.ts';
import type { Answer, Request, Session } from '../workload/request.ts';

/** The next action of a session. A user wrote the scenario, so any value may come out of it. */
export type Move =
  | { kind: 'request'; request: Request }
  | { kind: 'pause'; ms: number }
  | { kind: 'end' }
  /** A mistake in the scenario. */
  | { kind: 'broken'; why: string };

/** A session with more pauses in a row than this will never send a request. */
export const mostPausesInARow = 1000;

/** Starts a session. Where it cannot start, returns the reason as a text. */
export function startSession(start: () => Session): Session | string {
  try {
    const session: unknown = start();
    const isSession = typeof (session as Partial<Session> | undefined)?.next === 'function';
    return isSession ? (session as Session) : 'the scenario is not a generator function (function*)';
  } catch (error) {
    return reasonOf(error);
  }
}

/** Passes the last answer to a session and reads its next action. Never throws. */
export function nextMove(session: Session, answer: Answer | undefined): Move {
  try {
    return moveOf(session.next(answer));
  } catch (error) {
    return { kind: 'broken', why: reasonOf(error) };
  }
}

function moveOf(result: unknown): Move {
  if (isPromise(result))
    return { kind: 'broken', why: 'it is an async generator: a scenario yields its requests, without await' };
  const { done, value } = (result ?? {}) as { done?: unknown; value?: unknown };
  if (done) return { kind: 'end' };
  if (isPromise(value))
    return { kind: 'broken', why: 'it yields a promise: a scenario yields its requests themselves' };
  if (typeof value === 'object' && value !== null && 'thinkMs' in value) {
    const ms = value.thinkMs;
    if (typeof ms === 'number' && ms >= 0 && Number.isFinite(ms)) return { kind: 'pause', ms };
    return { kind: 'broken', why: `it pauses for ${String(ms)}, which is no time in ms` };
  }
  const request = copyOf(value);
  const problem = requestProblem(request);
  if (problem === undefined) return { kind: 'request', request: request as Request };
  return { kind: 'broken', why: `it yields what cannot be sent: ${problem}` };
}

/** Whether the value is a promise. Its rejection is not needed: the session is broken in any case. */
function isPromise(value: unknown): boolean {
  if (typeof (value as PromiseLike<unknown> | null | undefined)?.then !== 'function') return false;
  Promise.resolve(value).catch(() => {});
  return true;
}

/** The request as it is now. The scenario may change its object after the check, on purpose or by a getter. */
function copyOf(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const copy: Partial<Request> = { ...value };
  return { ...copy, ...(isRecord(copy.headers) && { headers: { ...copy.headers } }) };
}

const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Ends a session early, so that its `finally` blocks run. */
export function endSession(session: Session): void {
  try {
    session.return();
  } catch {
    // The session is over in any case.
  }
}

/** The kind and message of any thrown value, on one line of bounded length. */
export function reasonOf(thrown: unknown): string {
  let text: string;
  try {
    text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : `it throws ${String(thrown)}`;
  } catch {
    text = 'it throws what has no text';
  }
  return text.replaceAll(/\s+/g, ' ').slice(0, 200);
}

/**
 * Makes a call from another call. No other file does so: this file shows which members of a call a layer can set. No
 * function changes the call that it gets.
 *
 *   limited       ends earlier: an earlier deadline, and a signal that aborts no later
 *   attemptOf     one attempt of a plan: its number, and a signal that stops this attempt alone
 *   sentTo        goes to this endpoint
 *   withReceipt   asks for a signed receipt
 *   batchCall     one call that carries several
 *   detached      runs to its end, even when the caller has left
 */
import type { PlannedAttempt } from './attempt-plan.ts';
import type { Call, Endpoint } from './call.ts';
import type { Operation } from './contract.ts';

/**
 * `deadlineAt` is not later than the deadline of `call`. `signal` aborts at the latest when the signal of `call` does.
 */
export const limited = (call: Call, deadlineAt: number, signal: AbortSignal): Call => ({ ...call, deadlineAt, signal });

/**
 * Only the owner of the plan calls this. `attempt` is the number that the callee sees; all votes have the same number.
 */
export const attemptOf = (
  call: Call,
  planned: PlannedAttempt,
  attempt = call.attempt,
  signal: AbortSignal = call.signal,
): Call => ({ ...call, attempt, planned, signal });

export const sentTo = (call: Call, endpoint: Endpoint): Call => ({ ...call, endpoint });

export const withReceipt = (call: Call, nonce: string): Call => ({ ...call, nonce });

/** All `calls` as one coarse-grained call, which has the latest of their deadlines. */
export function batchCall(calls: readonly Call[], operation: Operation, request: unknown, signal: AbortSignal): Call {
  const [first, ...carries] = calls as [Call, ...Call[]];
  const deadlineAt = Math.max(...calls.map((call) => call.deadlineAt));
  return { ...first, operation, request, carries, deadlineAt, signal };
}

/** `extraMs` = how much later than `call` the new call may end. */
export const detached = (call: Call, extraMs = 0): Call => ({
  ...call,
  deadlineAt: call.deadlineAt + extraMs,
  signal: new AbortController().signal,
});

import { hash } from 'node:crypto';
import type { AttemptPlan } from '../../attempt-plan.ts';
import type { Call } from '../../call.ts';
import { isBadReply } from '../../errors.ts';
import { groupKey } from '../../group-key.ts';
import { isRepeatable } from '../retries/retryable.ts';
import type { AttemptEnd, Learn } from './attempt-end.ts';

/**
 * Passes on to `learn` how attempts ended, without the bad replies that prove nothing about their senders. Some
 * requests get a bad reply from every replica, because all replicas have the same bug. So the sender is to blame only
 * when a replica answers the same request well. Then `learn` hears of the bad reply. If a call is not tried again,
 * there is no such answer: the sender is blamed, and `learn` hears of the bad reply at once.
 *
 * The only replica of its group cannot be compared with another one. It is to blame when it answers two different
 * requests in a row badly. The same request twice is no proof, because the request may be bad.
 */
export function withoutBadRequests(learn: Learn): Learn {
  /** Bad replies that wait for a right answer, by the plan of their call. */
  const open = new WeakMap<AttemptPlan, AttemptEnd[]>();
  /** The digest of the last request to a group with one replica, if the reply to it was bad. */
  const lastAlone = new Map<string, string>();
  const keyOf = (call: Call) => `${groupKey(call)}.${call.operation.name}`;

  function answered(call: Call): void {
    if (lastAlone.size > 0) lastAlone.delete(keyOf(call));
    if (call.planned === undefined) return;
    const { plan } = call.planned;
    open.get(plan)?.forEach(learn);
    open.delete(plan);
  }

  function repliedBadly(end: AttemptEnd): void {
    const { call, group } = end;
    if (group.peers.size === 1) {
      // A request may have a megabyte, so its text is not kept.
      const request = hash('sha256', JSON.stringify(call.request) ?? '');
      const before = lastAlone.get(keyOf(call));
      lastAlone.set(keyOf(call), request);
      if (before !== undefined && before !== request) learn(end);
    } else if (call.planned === undefined || !isRepeatable(call)) learn(end);
    else {
      const { plan } = call.planned;
      const waiting = open.get(plan);
      if (waiting) waiting.push(end);
      else open.set(plan, [end]);
    }
  }

  return (end) => {
    if (end.evidence === 'failure' && isBadReply(end.code)) return repliedBadly(end);
    if (end.code === 'ok') answered(end.call);
    learn(end);
  };
}

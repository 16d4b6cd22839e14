import { createPlan, planAttempt } from '../../attempt-plan.ts';
import type { Call, Service } from '../../call.ts';
import { attemptOf, detached } from '../../derived-call.ts';
import type { LayerEvent, Observe } from '../events.ts';
import { countVotes, versionOf } from './votes.ts';

/** The event about a replica that was outvoted. */
export const lostVote = (
  { component, operation, nonce }: Call,
  node: string,
  majority: readonly string[],
): LayerEvent => ({
  event: 'vote-lost',
  component,
  operation: operation.name,
  node,
  majority,
  nonce,
});

/** How much later than the user's call the examination may end, ms. */
const examinationMs = 2_000;

/**
 * Sends the same request once more to the liar and to a node that told the truth, and asks both for receipts. When the
 * liar lies again, its signed lie is kept as evidence. No call waits for this.
 */
export function examine(next: Service, call: Call, liar: string, witness: string, observe: Observe): void {
  const ask = (node: string) =>
    next(attemptOf(detached(call, examinationMs), planAttempt(createPlan({ only: [node] }), 'vote')));
  Promise.all([ask(liar), ask(witness)]).then(
    ([lie, truth]) => {
      const count = countVotes(
        [
          { node: liar, body: lie.body },
          { node: witness, body: truth.body },
        ],
        1,
      );
      // A write may have happened between the two calls. Answers from two versions do not contradict each other.
      const comparable = versionOf(lie.body) === versionOf(truth.body);
      if (count.result === 'open' && comparable) observe(lostVote(call, liar, [witness]));
    },
    // Other layers handle a node that fails to answer now.
    () => undefined,
  );
}

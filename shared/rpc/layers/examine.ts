import { createPlan, planAttempt } from '../attempt-plan.ts';
import type { Call, Service } from '../call.ts';
import type { LayerEvent, Observe } from './events.ts';
import { countVotes, versionOf } from './votes.ts';

/** What an observer is told of a replica that was outvoted. */
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

/** Time for it, whatever is left of the user's call, ms. */
const examinationMs = 2_000;

/**
 * Asks a liar, and one who told the truth, the same once more, for the record: with receipts. When it still lies, the
 * lie is kept, signed. Nobody waits for it.
 */
export function examine(next: Service, call: Call, liar: string, witness: string, observe: Observe): void {
  const ask = (node: string) =>
    next({
      ...call,
      planned: planAttempt(createPlan({ only: [node] })),
      signal: new AbortController().signal,
      deadlineAt: call.deadlineAt + examinationMs,
    });
  Promise.all([ask(liar), ask(witness)]).then(
    ([lie, truth]) => {
      const count = countVotes(
        [
          { node: liar, body: lie.body },
          { node: witness, body: truth.body },
        ],
        1,
      );
      // Between the two a write may have come: answers from two versions do not contradict each other.
      const comparable = versionOf(lie.body) === versionOf(truth.body);
      if (count.result === 'open' && comparable) observe(lostVote(call, liar, [witness]));
    },
    // It fails to answer now: that is other layers' business.
    () => undefined,
  );
}

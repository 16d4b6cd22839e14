import type { Call } from '../rpc/call.ts';
import type { ErrorCode, RpcError } from '../rpc/errors.ts';
import type { LayerEvent, Observe } from '../rpc/layers/events.ts';
import { isFaultOf } from '../rpc/layers/retryable.ts';
import type { Watch } from '../rpc/layers/stats.ts';
import type { Outcome, Sightings } from './sightings.ts';

/** Listens to a node's own calls, and notes what they say about the nodes that were called. */
export function createWitness(sightings: Pick<Sightings, 'note'>): { watchAttempt: Watch; observe: Observe } {
  return {
    watchAttempt(call, code, elapsedMs, error) {
      const node = call.endpoint?.node;
      if (node === undefined) return;
      const outcome = code === 'ok' ? 'ok' : outcomeOf(call, node, error);
      if (outcome === undefined) return;
      // How soon it told of a failure says nothing of how fast it works.
      const timed = code === 'ok' || outcome === 'unanswered';
      sightings.note(node, groupOf(call), outcome, timed ? elapsedMs : undefined);
    },
    observe(event) {
      const outcome = outcomeOfEvent(event);
      if (outcome !== undefined && 'node' in event) sightings.note(event.node, event.component, outcome);
    },
  };
}

/** Replicas of one shard do the same work; those of another shard do not. */
function groupOf({ component, shard }: Call): string {
  return shard === undefined ? component : `${component}/${shard}`;
}

/** What a failed attempt says about the node it went to; undefined = nothing. */
export function outcomeOf(
  call: Pick<Call, 'signal' | 'priority'>,
  node: string,
  error: RpcError | undefined,
): Outcome | undefined {
  if (call.signal.aborted) return 'unanswered';
  if (!error) return undefined;
  // It answered, and told of another one's failure or of a wrong request.
  const answered = error.relayed && error.code !== 'overloaded';
  if (answered || !isFaultOf(node, error)) return error.code === 'cancelled' ? undefined : 'ok';
  // Background work is turned away first, and early: that is no sign of too much load.
  if (error.code === 'overloaded' && call.priority === 'background') return undefined;
  if (error.code === 'draining' || error.code === 'unavailable') return undefined;
  return byCode[error.code] ?? 'ok';
}

const byCode: Partial<Record<ErrorCode, Outcome>> = {
  unreachable: 'refused',
  connection_lost: 'resets',
  deadline_exceeded: 'timeouts',
  overloaded: 'shed',
  bad_reply: 'invalid',
};

const byEvent: Partial<Record<LayerEvent['event'], Outcome>> = {
  'vote-lost': 'lostVotes',
  'bad-signature': 'invalid',
  contradiction: 'proofs',
  partial: 'partial',
};

function outcomeOfEvent(event: LayerEvent): Outcome | undefined {
  // Of liars the votes tell.
  if (event.event === 'ejected' && event.why !== 'lying') return 'ejected';
  return byEvent[event.event];
}

import type { Call } from '../rpc/call.ts';
import type { ErrorCode, RpcError } from '../rpc/errors.ts';
import type { LayerEvent, Observe } from '../rpc/layers/events.ts';
import { isFaultOf } from '../rpc/layers/retryable.ts';
import type { Watch } from '../rpc/layers/watch-calls.ts';
import type { EvidenceKind, EvidenceBuffer } from './call-evidence.ts';

/** Listens to a node's own calls, and notes what they say about the nodes that were called. */
export function createEvidenceCollector(evidence: Pick<EvidenceBuffer, 'note'>): {
  watchAttempt: Watch;
  observe: Observe;
} {
  return {
    watchAttempt(call, code, elapsedMs, error) {
      const node = call.endpoint?.node;
      if (node === undefined) return;
      const kind = code === 'ok' ? 'ok' : evidenceKindOf(call, node, error);
      if (kind === undefined) return;
      // How soon it told of a failure says nothing of how fast it works.
      const timed = code === 'ok' || kind === 'unanswered';
      evidence.note(node, groupOf(call), kind, timed ? elapsedMs : undefined);
    },
    observe(event) {
      const kind = evidenceKindOfEvent(event);
      if (kind !== undefined && 'node' in event) evidence.note(event.node, event.component, kind);
    },
  };
}

/** Replicas of one shard do the same work; those of another shard do not. */
function groupOf({ component, shard }: Call): string {
  return shard === undefined ? component : `${component}/${shard}`;
}

/** What a failed attempt says about the node it went to; undefined = nothing. */
export function evidenceKindOf(
  call: Pick<Call, 'signal' | 'priority'>,
  node: string,
  error: RpcError | undefined,
): EvidenceKind | undefined {
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

const byCode: Partial<Record<ErrorCode, EvidenceKind>> = {
  unreachable: 'refused',
  connection_lost: 'resets',
  deadline_exceeded: 'timeouts',
  overloaded: 'shed',
  bad_reply: 'invalid',
};

const byEvent: Partial<Record<LayerEvent['event'], EvidenceKind>> = {
  'vote-lost': 'lostVotes',
  'bad-signature': 'invalid',
  contradiction: 'proofs',
  partial: 'partial',
};

function evidenceKindOfEvent(event: LayerEvent): EvidenceKind | undefined {
  // Of liars the votes tell.
  if (event.event === 'ejected' && event.why !== 'lying') return 'ejected';
  return byEvent[event.event];
}

import type { Call } from '../rpc/call.ts';
import type { ErrorCode, RpcError } from '../rpc/errors.ts';
import type { LayerEvent, Observe } from '../rpc/layers/events.ts';
import { groupKey } from '../rpc/group-key.ts';
import type { AttemptEnd, AttemptEvidence, Learn } from '../rpc/layers/replicas/attempt-end.ts';
import { withoutBadRequests } from '../rpc/layers/replicas/bad-replies.ts';
import type { EvidenceKind, EvidenceBuffer } from './call-evidence.ts';

/** Listens to a node's own calls, and notes what they say about the nodes that were called. */
export function createEvidenceCollector(buffer: Pick<EvidenceBuffer, 'note'>): {
  watchAttempt: Learn;
  observe: Observe;
} {
  return {
    watchAttempt: withoutBadRequests(({ call, peer, code, elapsedMs, evidence, error }: AttemptEnd) => {
      const kind = evidenceKindOf(evidence, call, error);
      if (kind === undefined) return;
      // The time of a failure says nothing about how fast the node works.
      const timed = code === 'ok' || kind === 'unanswered';
      buffer.note(peer.node, groupKey(call), kind, timed ? elapsedMs : undefined);
    }),
    observe(event) {
      const kind = evidenceKindOfEvent(event);
      if (kind !== undefined && 'node' in event) buffer.note(event.node, event.component, kind);
    },
  };
}

/** What the end of an attempt says about the node it went to, as evidence for the monitors; undefined = nothing. */
function evidenceKindOf(
  evidence: AttemptEvidence,
  { priority }: Pick<Call, 'priority'>,
  error: RpcError | undefined,
): EvidenceKind | undefined {
  switch (evidence) {
    case 'reply':
    case 'answer':
      return 'ok';
    case 'unanswered':
      return 'unanswered';
    case 'nothing':
      return undefined;
    case 'refusal':
      // Background work is refused first, and early, so its refusal is no sign of too much load.
      return error?.code === 'overloaded' && priority !== 'background' ? 'shed' : undefined;
    case 'failure':
      return failures[error!.code] ?? 'ok';
  }
}

/** How a node failed its caller. A node that reports its own failure has answered. */
const failures: Partial<Record<ErrorCode, EvidenceKind>> = {
  unreachable: 'refused',
  connection_lost: 'resets',
  deadline_exceeded: 'timeouts',
  bad_reply: 'invalid',
};

const byEvent: Partial<Record<LayerEvent['event'], EvidenceKind>> = {
  'vote-lost': 'lostVotes',
  'bad-signature': 'invalid',
  contradiction: 'proofs',
  partial: 'partial',
};

function evidenceKindOfEvent(event: LayerEvent): EvidenceKind | undefined {
  // A lie is already noted as a lost vote or a bad signature.
  if (event.event === 'ejected' && event.why !== 'lying') return 'ejected';
  return byEvent[event.event];
}

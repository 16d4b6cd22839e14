import type { AttemptKind } from '../rpc/attempt-plan.ts';
import type { MaskedBy } from '../rpc/call.ts';
import type { Span, SpanKind } from './span.ts';

/** A span in the memory of its node. All fields always exist, so that filling one allocates nothing. */
export interface SpanRecord {
  kind: SpanKind;
  traceId: string;
  requestId: string;
  spanId: string;
  parentId: string | undefined;
  component: string;
  operation: string;
  shard: number | undefined;
  peer: string | undefined;
  carrierId: string | undefined;
  attempt: number;
  attemptKind: AttemptKind;
  outcome: string;
  startMs: number;
  durationMs: number;
  queueMs: number;
  maskedBy: MaskedBy | undefined;
}

export interface SpanRing {
  /** The slot for one more span, with the fields of an older one: the caller sets every field. */
  readonly next: () => SpanRecord;
  /** The spans of the traces in `ids`, which are trace ids or request ids. */
  readonly find: (ids: ReadonlySet<string>, node: string) => readonly Span[];
  /** How many spans were added so far. */
  readonly added: () => number;
}

/** The last `capacity` spans of a node. The memory grows with use, up to the capacity, and is then used again. */
export function createSpanRing(capacity: number): SpanRing {
  const slots: SpanRecord[] = [];
  let added = 0;

  return {
    next() {
      const at = added++ % capacity;
      if (at === slots.length) slots.push(emptyRecord());
      return slots[at]!;
    },
    find: (ids, node) =>
      slots
        .filter(({ traceId, requestId }) => ids.has(traceId) || ids.has(requestId))
        .map((record) => spanOf(record, node)),
    added: () => added,
  };
}

function emptyRecord(): SpanRecord {
  return {
    kind: 'call',
    traceId: '',
    requestId: '',
    spanId: '',
    parentId: undefined,
    component: '',
    operation: '',
    shard: undefined,
    peer: undefined,
    carrierId: undefined,
    attempt: 1,
    attemptKind: 'first',
    outcome: 'ok',
    startMs: 0,
    durationMs: 0,
    queueMs: 0,
    maskedBy: undefined,
  };
}

function spanOf({ parentId, shard, peer, carrierId, maskedBy, ...record }: SpanRecord, node: string): Span {
  return {
    ...record,
    node,
    ...(parentId !== undefined && { parentId }),
    ...(shard !== undefined && { shard }),
    ...(peer !== undefined && { peer }),
    ...(carrierId !== undefined && { carrierId }),
    ...(maskedBy !== undefined && { maskedBy }),
  };
}

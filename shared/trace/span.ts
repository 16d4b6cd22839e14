import Type, { type Static } from 'typebox';
import { attemptKinds } from '../rpc/attempt-plan.ts';
import { maskers } from '../rpc/call.ts';

/**
 * One timed piece of a request, as the node that did it reports it. `startMs` is on that node's own monotonic clock, so
 * it may only be compared with other spans of the same node.
 *
 *   request   a public HTTP request, from its arrival to its answer: the root of a trace
 *   call      a call to another component, as its caller sees it: with all attempts and waiting
 *   attempt   one attempt of a call at one node; children of the call that they belong to
 *   serve     the work of a called node; child of a call, matched with the attempt by node and attempt number
 */
export const SpanKind = Type.Enum(['request', 'call', 'attempt', 'serve']);
export type SpanKind = Static<typeof SpanKind>;

export const AttemptKindSchema = Type.Enum([...attemptKinds]);
export const MaskedBySchema = Type.Enum([...maskers]);

export const Span = Type.Object({
  kind: SpanKind,
  /** The node that reports the span. */
  node: Type.String(),
  traceId: Type.String(),
  requestId: Type.String(),
  /** Of an attempt: the id of its call, because an attempt has no id of its own. */
  spanId: Type.String(),
  parentId: Type.Optional(Type.String()),
  component: Type.String(),
  /** The operation of a call; method and route of a request. */
  operation: Type.String(),
  shard: Type.Optional(Type.Integer()),
  /** The other node: the called one for an attempt, the calling one for `serve`. */
  peer: Type.Optional(Type.String()),
  /** The id of another call, if this attempt was sent in a batch in the name of that call. */
  carrierId: Type.Optional(Type.String()),
  /** 1 for the first attempt. */
  attempt: Type.Integer(),
  attemptKind: AttemptKindSchema,
  /** `ok` or an error code. */
  outcome: Type.String(),
  startMs: Type.Number(),
  durationMs: Type.Number({ minimum: 0 }),
  /** How long the call waited for its turn in the called process, before `startMs`; an upper bound. */
  queueMs: Type.Number({ minimum: 0 }),
  /** Of a call: the mechanism that hid a failure or a slow replica from its caller. */
  maskedBy: Type.Optional(MaskedBySchema),
});
export type Span = Static<typeof Span>;

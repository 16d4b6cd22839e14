import Type, { type Static } from 'typebox';
import { SpanKind, AttemptKindSchema, MaskedBySchema } from '../../shared/trace/span.ts';
import { KeptBecause } from '../../shared/trace/contract.ts';

// The contract is in shared/trace, because every node needs it. This file exports it, as in every component folder.
export { traces } from '../../shared/trace/contract.ts';

const Ms = Type.Number({ minimum: 0 });

/**
 * The time of one node in a request. The node works, or it waits as a client of the next tier: for data or for a
 * result. The three times add up to the duration of the span.
 */
const Time = Type.Object({
  workMs: Ms,
  /** Waits for the data level. */
  waitForDataMs: Ms,
  /** Waits for other components. */
  waitForResultMs: Ms,
});
export type Time = Static<typeof Time>;

/** One span in its place in the trace. */
export const TraceSpan = Type.Object({
  kind: SpanKind,
  node: Type.String(),
  component: Type.String(),
  operation: Type.String(),
  shard: Type.Optional(Type.Integer()),
  /** 0 for the request. A span comes after its parent, and before the next child of its parent. */
  depth: Type.Integer({ minimum: 0 }),
  /** The index of the parent in `spans`; absent for the first one. */
  parent: Type.Optional(Type.Integer({ minimum: 0 })),
  /** From the start of the trace; the clocks of the nodes are aligned. */
  startMs: Ms,
  durationMs: Ms,
  outcome: Type.String(),
  /** Of an attempt: the node that was asked. Of `serve`: the calling node. */
  peer: Type.Optional(Type.String()),
  /** Of an attempt: its number, and why it was made. */
  attempt: Type.Optional(Type.Integer()),
  attemptKind: Type.Optional(AttemptKindSchema),
  /** An attempt within its own node: a function call. */
  local: Type.Optional(Type.Boolean()),
  /** Of an attempt: it was sent in a batch, but not as the first call. The work is shown below the first call. */
  batched: Type.Optional(Type.Boolean()),
  /** It is an attempt that a retry or a hedge replaced, or a part of such an attempt. */
  replaced: Type.Optional(Type.Boolean()),
  /** Of a call: it was answered without an attempt of its own, from the cache or by an equal call under way. */
  fromCache: Type.Optional(Type.Boolean()),
  /** Of a call: the mechanism that hid a failed or slow attempt from the caller. */
  maskedBy: Type.Optional(MaskedBySchema),
  /** Of `serve`: an upper limit of the time for which the call waited for its turn in the process. */
  queueMs: Type.Optional(Ms),
  /** Of `serve`: the rest of the attempt's time, on the way there and back. */
  networkMs: Type.Optional(Ms),
  /** Of `request`, `serve` and local attempts: the parts of the time for which a node holds a request. */
  time: Type.Optional(Time),
});
export type TraceSpan = Static<typeof TraceSpan>;

/** How long one component held the requests of a trace. */
export const TierTime = Type.Object({
  component: Type.String(),
  /** Requests to the component. */
  requests: Type.Integer({ minimum: 0 }),
  /** The sum of their times from arrival to answer. */
  heldMs: Ms,
  ...Time.properties,
  /** The sum of the times on the way to it and back: the network and the queues, as its callers saw them. */
  wayMs: Ms,
  nodes: Type.Array(Type.String()),
});
export type TierTime = Static<typeof TierTime>;

export const TraceSummary = Type.Object({
  traceId: Type.String(),
  requestId: Type.String(),
  /** Method and route of the request. */
  request: Type.String(),
  /** Wall-clock ms of the start, by the clock of the collector. */
  at: Type.Number(),
  durationMs: Ms,
  outcome: Type.String(),
  /** Why it is kept; `asked`: somebody asked for it. */
  because: Type.Union([KeptBecause, Type.Literal('asked')]),
  /** Calls from one node to another. Each counts once, however many retries, hedges and votes it took. */
  hops: Type.Integer({ minimum: 0 }),
  /** Attempts beyond the first one of a call. */
  extraAttempts: Type.Integer({ minimum: 0 }),
});
export type TraceSummary = Static<typeof TraceSummary>;

/** Answers GET /api/traces/:id, with a trace id or a request id. */
export const Trace = Type.Object({
  ...TraceSummary.properties,
  spans: Type.Array(TraceSpan),
  tiers: Type.Array(TierTime),
  /** Spans that other spans name, but that no node has any more: the node was too busy, or its process has ended. */
  missingSpans: Type.Integer({ minimum: 0 }),
});
export type Trace = Static<typeof Trace>;

/** Answers GET /api/traces/times: where the time of the usual request goes. Each time is a mean per request. */
export const UsualTimes = Type.Object({
  /** The method and the route that were requested most. */
  request: Type.String(),
  /** The number of requests behind the means. */
  requests: Type.Integer({ minimum: 0 }),
  durationMs: Ms,
  tiers: Type.Array(Type.Object({ component: Type.String(), heldMs: Ms, ...Time.properties, wayMs: Ms })),
});
export type UsualTimes = Static<typeof UsualTimes>;

/** Answers GET /api/traces. */
export const TraceList = Type.Object({ traces: Type.Array(TraceSummary) });
export type TraceList = Static<typeof TraceList>;

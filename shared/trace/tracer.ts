import Type from 'typebox';
import { Value } from 'typebox/value';
import type { ControlRoute } from '../control/server.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Call } from '../rpc/call.ts';
import { errorCodes, RpcError } from '../rpc/errors.ts';
import type { WatchRequest } from '../rpc/http-context.ts';
import type { AttemptEnd, Learn } from '../rpc/layers/replicas/attempt-end.ts';
import type { WatchServed } from '../rpc/layers/trace.ts';
import type { ResultCode, WatchCall } from '../rpc/layers/watch-calls.ts';
import type { PolicyHolder } from '../rpc/policy.ts';
import type { TraceContext } from '../rpc/trace-context.ts';
import type { Clock } from '../time/clock.ts';
import type { Keeper } from './keeper.ts';
import type { SpanKind } from './span.ts';
import { createSpanRing, type SpanRecord } from './span-ring.ts';

/** Spans that a node remembers, about 300 bytes each: some seconds of a busy node. */
const ringCapacity = 8_192;
/** Traces in one question for spans. */
export const maxAsked = 200;

export interface TracerOptions {
  readonly node: string;
  readonly policy: PolicyHolder;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly keeper: Keeper;
}

/** The spans of one node. Its watchers are called on the path of each request; they do not throw. */
export interface Tracer {
  readonly watchCall: WatchCall;
  readonly watchAttempt: Learn;
  readonly watchServed: WatchServed;
  /** For requests that enter at `component`. */
  readonly watchRequests: (component: string) => WatchRequest;
  /** For the ops port: POST /admin/spans gives the spans of the traces that the body names. */
  readonly routes: readonly ControlRoute[];
  readonly stop: () => void;
}

const SpanQuestion = Type.Object({ ids: Type.Array(Type.String({ maxLength: 64 }), { maxItems: maxAsked }) });

/**
 * Records the work of this node for each request, in a ring in memory. Nothing is sent while a request runs. When a
 * request has ended, the node where it entered decides whether its trace is kept. Only then does the component `traces`
 * ask the nodes for their spans. So every request is traced, and the cost on its path is a few stores (Zhang et al.,
 * The Benefit of Hindsight: Tracing Edge-Cases in Distributed Systems, NSDI 2023).
 */
export function createTracer({ node, policy, clock, metrics, keeper }: TracerOptions): Tracer {
  const ring = createSpanRing(ringCapacity);
  metrics.gauge('tierlab_trace_spans', 'Spans that this node recorded since its start', [], (gauge) =>
    gauge.set({}, ring.added()),
  );

  const isTraced = (trace: TraceContext): boolean => trace.sampled && policy.current.trace !== false;

  function record(kind: SpanKind, trace: TraceContext, requestId: string, component: string): SpanRecord {
    const span = ring.next();
    span.kind = kind;
    span.traceId = trace.traceId;
    span.requestId = requestId;
    span.spanId = trace.spanId;
    span.parentId = trace.parentId;
    span.component = component;
    span.shard = undefined;
    span.peer = undefined;
    span.carrierId = undefined;
    span.attempt = 1;
    span.attemptKind = 'first';
    span.queueMs = 0;
    span.maskedBy = undefined;
    return span;
  }

  function recordCall(kind: SpanKind, call: Call, code: ResultCode, startMs: number, durationMs: number): SpanRecord {
    const span = record(kind, call.trace, call.requestId, call.component);
    span.operation = call.operation.name;
    span.shard = call.shard;
    span.attempt = call.attempt;
    span.outcome = code;
    span.startMs = startMs;
    span.durationMs = durationMs;
    return span;
  }

  /** An attempt, as a part of `member`: of the call itself, or of one that it carries. */
  function recordAttempt(
    { call, peer, sentAt, elapsedMs, code }: AttemptEnd,
    { trace, requestId }: Call,
    carrierId: string | undefined,
  ): void {
    if (!isTraced(trace)) return;
    const span = recordCall('attempt', call, code, sentAt, elapsedMs);
    span.traceId = trace.traceId;
    span.requestId = requestId;
    span.spanId = trace.spanId;
    span.parentId = trace.spanId;
    span.peer = peer.node;
    span.carrierId = carrierId;
    span.attemptKind = call.planned?.kind ?? 'first';
  }

  return {
    watchCall(call, code, elapsedMs, maskedBy) {
      if (isTraced(call.trace)) recordCall('call', call, code, clock.now() - elapsedMs, elapsedMs).maskedBy = maskedBy;
    },
    watchAttempt(end) {
      const { call } = end;
      recordAttempt(end, call, undefined);
      if (call.carries === undefined) return;
      for (const carried of call.carries) recordAttempt(end, carried, call.trace.spanId);
    },
    watchServed(call, code, startedAt, queueMs) {
      const span = recordCall('serve', call, code, startedAt, clock.now() - startedAt);
      span.peer = call.caller;
      span.queueMs = queueMs;
    },
    watchRequests:
      (component) =>
      ({ trace, requestId }, route, code, startedAt) => {
        const limits = policy.current.trace;
        if (!trace.sampled || limits === false) return;
        const endedAt = clock.now();
        const span = record('request', trace, requestId, component);
        span.operation = route;
        span.outcome = code;
        span.startMs = startedAt;
        span.durationMs = endedAt - startedAt;
        keeper.ended({ traceId: trace.traceId, failed: isFailure(code), durationMs: span.durationMs, endedAt }, limits);
      },
    routes: [
      {
        method: 'POST',
        path: '/admin/spans',
        access: 'open',
        handle(_parameters, body) {
          if (!Value.Check(SpanQuestion, body))
            throw new RpcError('bad_request', `ids: up to ${maxAsked} trace ids or request ids are wanted`);
          return { spans: ring.find(new Set(body.ids), node) };
        },
      },
    ],
    stop: keeper.stop,
  };
}

/** The caller's own mistakes are no failures of the system. */
const isFailure = (code: ResultCode): boolean => code !== 'ok' && errorCodes[code].blame !== 'caller';

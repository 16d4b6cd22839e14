import { hash32 } from '../../shared/time/random.ts';
import type { Trace, TraceSpan } from './contract.ts';

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string } | { readonly doubleValue: number } | { readonly intValue: number };
}

/** Span kinds and status codes of OTLP (opentelemetry-proto, trace.proto). */
const otlpSpanKinds: Readonly<Record<TraceSpan['kind'], number>> = { call: 1, request: 2, serve: 2, attempt: 3 };
const statusOk = 1;
const statusError = 2;

/**
 * Traces as the body of `POST /v1/traces` (OTLP/HTTP, JSON). Each node is a resource; its tier is the service. A span
 * id is made from the trace id, the request id and a number, because an attempt has no span id of its own.
 */
export function otlpRequest(traces: readonly Trace[]) {
  const all = traces.flatMap((trace) => trace.spans.map((span, i) => ({ span, otlp: otlpSpan(trace, span, i) })));
  const byNode = Map.groupBy(all, ({ span }) => span.node);
  return {
    resourceSpans: [...byNode].map(([node, spans]) => ({
      resource: {
        attributes: [text('service.name', node.replace(/(-\d+){1,2}$/, '')), text('service.instance.id', node)],
      },
      scopeSpans: [{ scope: { name: 'tierlab' }, spans: spans.map(({ otlp }) => otlp) }],
    })),
  };
}

function otlpSpan(trace: Trace, span: TraceSpan, i: number) {
  const { parent, kind, component, operation, startMs, durationMs, outcome } = span;
  const start = BigInt(trace.at) * 1_000_000n;
  return {
    traceId: trace.traceId,
    spanId: spanIdOf(trace, i),
    ...(parent !== undefined && { parentSpanId: spanIdOf(trace, parent) }),
    name: kind === 'request' ? operation : `${component}.${operation}`,
    kind: otlpSpanKinds[kind],
    startTimeUnixNano: String(start + nanoseconds(startMs)),
    endTimeUnixNano: String(start + nanoseconds(startMs + durationMs)),
    attributes: attributesOf(trace, span),
    status: outcome === 'ok' ? { code: statusOk } : { code: statusError, message: outcome },
  };
}

function attributesOf({ requestId }: Trace, span: TraceSpan): Attribute[] {
  const { kind, component, shard, peer, attemptKind, outcome, batched, fromCache, maskedBy, queueMs, networkMs, time } =
    span;
  return [
    text('tierlab.kind', kind),
    text('tierlab.component', component),
    text('tierlab.request_id', requestId),
    text('tierlab.outcome', outcome),
    ...(shard === undefined ? [] : [{ key: 'tierlab.shard', value: { intValue: shard } }]),
    ...(peer === undefined ? [] : [text('tierlab.peer', peer)]),
    ...(attemptKind === undefined ? [] : [text('tierlab.attempt_kind', attemptKind)]),
    ...(maskedBy === undefined ? [] : [text('tierlab.masked_by', maskedBy)]),
    ...(batched ? [text('tierlab.batched', 'true')] : []),
    ...(fromCache ? [text('tierlab.cache', 'hit')] : []),
    ...Object.entries({ queueMs, networkMs, ...time }).flatMap(([name, ms]) =>
      ms === undefined ? [] : [{ key: `tierlab.${name.replace('Ms', '_ms')}`, value: { doubleValue: ms } }],
    ),
  ];
}

const text = (key: string, stringValue: string): Attribute => ({ key, value: { stringValue } });
const nanoseconds = (ms: number): bigint => BigInt(Math.round(ms * 1e6));

/** 8 bytes as hex, never all zero. */
function spanIdOf({ traceId, requestId }: Trace, i: number): string {
  const name = `${traceId}/${requestId}/${i}`;
  return [hash32(name, 1), hash32(name, 2) | 1].map((bits) => (bits >>> 0).toString(16).padStart(8, '0')).join('');
}

import type { Span } from '../../shared/trace/span.ts';
import { align } from './align.ts';
import type { Trace, TraceSpan, TraceSummary } from './contract.ts';
import { tierTimesOf } from './tiers.ts';
import { splitTime } from './waits.ts';

/** A reported span in its place. `parent` is the index of its parent among the placed spans. */
type Placed = { -readonly [Name in keyof TraceSpan]: TraceSpan[Name] };

/** The facts that the collector knows besides the spans. */
export interface Known {
  readonly because: TraceSummary['because'];
  /** Wall-clock ms at which the request ended, by the estimate of the collector. */
  readonly endedAt: number;
}

/**
 * Makes a trace of the spans that its nodes reported; undefined if the request itself is not among them. `id` is a
 * trace id or a request id: one trace can hold several requests, if their sender gave them the same trace id.
 */
export function assembleTrace(id: string, reported: readonly Span[], { because, endedAt }: Known): Trace | undefined {
  const root = reported.find((span) => span.kind === 'request' && (span.traceId === id || span.requestId === id));
  if (root === undefined) return undefined;
  const own = reported.filter(({ traceId, requestId }) => traceId === root.traceId && requestId === root.requestId);
  const { spans, placed, missingSpans } = place(root, own);
  const attempts = [...placed.keys()].filter(({ kind }) => kind === 'attempt');
  return {
    traceId: root.traceId,
    requestId: root.requestId,
    request: root.operation,
    at: Math.round(endedAt - root.durationMs),
    durationMs: root.durationMs,
    outcome: root.outcome,
    because,
    hops: callsBetweenNodes(attempts.filter((attempt) => !placed.get(attempt)!.replaced)),
    extraAttempts: onePerBatch(attempts).filter(isExtra).length,
    spans,
    tiers: tierTimesOf(spans),
    missingSpans,
  };
}

interface Placement {
  readonly spans: TraceSpan[];
  /** Where each reported span went. */
  readonly placed: ReadonlyMap<Span, TraceSpan>;
  readonly missingSpans: number;
}

function place(root: Span, own: readonly Span[]): Placement {
  const inOrder = own.toSorted((a, b) => a.startMs - b.startMs);
  const calls = byParent(inOrder, 'call');
  const attempts = byParent(inOrder, 'attempt');
  const serves = byParent(inOrder, 'serve');
  const spans: Placed[] = [];
  const placed = new Map<Span, Placed>();
  let missingSpans = 0;

  function add(span: Span, parent: number | undefined, offsetMs: number, more: Partial<Placed> = {}): number {
    const { kind, node, component, operation, shard, durationMs, outcome, peer } = span;
    const above = parent === undefined ? undefined : spans[parent]!;
    const it: Placed = {
      kind,
      node,
      component,
      operation,
      ...(shard !== undefined && { shard }),
      depth: above === undefined ? 0 : above.depth + 1,
      ...(parent !== undefined && { parent }),
      startMs: Math.max(0, span.startMs + offsetMs),
      durationMs,
      outcome,
      ...(peer !== undefined && { peer }),
      ...(above?.replaced && { replaced: true }),
      ...more,
    };
    placed.set(span, it);
    return spans.push(it) - 1;
  }

  /** The spans below `id` of one node; `offsetMs` turns the times of that node into times of the trace. */
  function addBelow(id: string, parent: number, offsetMs: number): void {
    for (const call of calls.get(id) ?? []) addCall(call, parent, offsetMs);
    const holder = spans[parent]!;
    const below = spans.filter((span) => span.parent === parent);
    holder.time = splitTime(holder, below);
  }

  function addCall(call: Span, parent: number, offsetMs: number): void {
    const own = attempts.get(call.spanId) ?? [];
    const { maskedBy } = call;
    const at = add(call, parent, offsetMs, {
      ...(own.length === 0 && call.outcome === 'ok' && { fromCache: true }),
      ...(maskedBy !== undefined && { maskedBy }),
    });
    const rivals = own.filter(({ attemptKind }) => attemptKind !== 'vote');
    const winner = rivals.findLast(({ outcome }) => outcome === 'ok') ?? rivals[0];
    const handled = own.findLast(isLocal);
    for (const attempt of own) {
      const replaced = attempt !== winner && rivals.includes(attempt);
      addAttempt(attempt, at, offsetMs, { isHandled: attempt === handled, more: replaced ? { replaced } : {} });
    }
  }

  function addAttempt(
    attempt: Span,
    parent: number,
    offsetMs: number,
    { isHandled, more }: { readonly isHandled: boolean; readonly more: Partial<Placed> },
  ): void {
    const { attempt: number, attemptKind } = attempt;
    const local = isLocal(attempt);
    const batched = attempt.carrierId !== undefined;
    const at = add(attempt, parent, offsetMs, {
      attempt: number,
      attemptKind,
      ...(local && { local }),
      ...(batched && { batched }),
      ...more,
    });
    if (batched) return;
    if (isHandled) return addBelow(attempt.spanId, at, offsetMs);
    if (local) return;
    const serve = serves
      .get(attempt.spanId)
      ?.find((it) => it.node === attempt.peer && it.attempt === number && !placed.has(it));
    if (serve === undefined) {
      // An attempt that failed may never have reached the node.
      if (attempt.outcome === 'ok') missingSpans++;
      return;
    }
    const { leadMs, queueMs, networkMs } = align(attempt, serve);
    const serveOffsetMs = attempt.startMs + offsetMs + leadMs - serve.startMs;
    addBelow(serve.spanId, add(serve, at, serveOffsetMs, { queueMs, networkMs }), serveOffsetMs);
  }

  const offsetMs = -root.startMs;
  const at = add(root, undefined, offsetMs);
  // The request entered through the public port of the component that serves it, so both spans are on one node.
  for (const serve of serves.get(root.spanId) ?? []) addBelow(serve.spanId, add(serve, at, offsetMs), offsetMs);
  addBelow(root.spanId, at, offsetMs);
  const orphans = new Set(own.filter((span) => !placed.has(span)).map(({ parentId }) => parentId));
  return { spans, placed, missingSpans: missingSpans + orphans.size };
}

function byParent(spans: readonly Span[], kind: Span['kind']): Map<string, Span[]> {
  return Map.groupBy(
    spans.filter((span) => span.kind === kind),
    ({ parentId = '' }) => parentId,
  );
}

/** A call that several nodes vote on is one call. */
function callsBetweenNodes(attempts: readonly Span[]): number {
  const between = onePerBatch(attempts).filter((attempt) => !isLocal(attempt));
  return new Set(between.map(({ parentId }) => parentId)).size;
}

/** All calls of a batch share its attempts, and each attempt is sent once. */
function onePerBatch(attempts: readonly Span[]): Span[] {
  const messageOf = ({ spanId, carrierId = spanId, peer, attempt }: Span) => `${carrierId} ${peer} ${attempt}`;
  return [...new Map(attempts.map((it) => [messageOf(it), it])).values()];
}

const isExtra = ({ attemptKind }: Span): boolean => attemptKind === 'retry' || attemptKind === 'hedge';

const isLocal = ({ node, peer }: Span): boolean => node === peer;

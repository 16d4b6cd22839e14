import type { Trace, TraceSpan } from './contract.ts';
import { heldParts, type HeldPart } from './waits.ts';

/** What happens at one moment of a row. `way`: the call or its answer is on the network. */
export type RowPhase = HeldPart['phase'] | 'way' | 'queue' | 'failed';

/** A part of a row's time, ms from the start of the trace. */
export interface RowSegment {
  readonly phase: RowPhase;
  readonly startMs: number;
  readonly durationMs: number;
}

/** One line of a waterfall: the request, one call served by a node, or an attempt that no node served. */
export interface WaterfallRow {
  readonly depth: number;
  /** The node that works. For an attempt without an answer: the node that was asked. */
  readonly node: string;
  /** `ranking.rank`, or method and route of the request. */
  readonly what: string;
  /** Why it is worth a second look: `retry`, `hedge`, `vote`, an error code, `in a batch`, `from the cache`. */
  readonly notes: readonly string[];
  readonly outcome: string;
  /** The time of the node itself, without the way to it; undefined where it did not answer. */
  readonly heldMs: number | undefined;
  readonly durationMs: number;
  /** Non-overlapping, in order. */
  readonly segments: readonly RowSegment[];
}

/**
 * The rows of a waterfall: each call has one row per attempt, because one row per span would show each call three
 * times.
 */
export function waterfallRows({ spans }: Pick<Trace, 'spans'>): WaterfallRow[] {
  const below = Map.groupBy(spans.keys(), (i) => spans[i]!.parent);
  const children = (i: number) => (below.get(i) ?? []).map((child) => [child, spans[child]!] as const);
  const rows: WaterfallRow[] = [];

  function addHolder(i: number, depth: number, attempt: TraceSpan | undefined): void {
    const span = spans[i]!;
    const own = children(i);
    const calls = own.map(([, child]) => child);
    rows.push({
      depth,
      node: span.node,
      what: nameOf(span),
      notes: [...attemptNotes(attempt ?? span), ...(span.outcome === 'ok' || attempt ? [] : [span.outcome])],
      outcome: attempt?.outcome ?? span.outcome,
      heldMs: span.durationMs,
      durationMs: attempt?.durationMs ?? span.durationMs,
      segments: [...waySegments(attempt, span), ...heldParts(span, calls)].sort((a, b) => a.startMs - b.startMs),
    });
    for (const [child] of own) addCall(child, depth + 1);
  }

  function addCall(i: number, depth: number): void {
    const call = spans[i]!;
    if (call.kind === 'serve') return addHolder(i, depth, undefined);
    const attempts = children(i);
    if (attempts.length === 0) rows.push(unanswered(call, depth, call.fromCache ? ['from the cache'] : [call.outcome]));
    for (const [at, attempt] of attempts) {
      const served = children(at).find(([, { kind }]) => kind === 'serve');
      if (served) addHolder(served[0], depth, attempt);
      else if (attempt.local && !attempt.batched) addHolder(at, depth, undefined);
      else rows.push(unanswered(attempt, depth, attemptNotes(attempt)));
    }
  }

  if (spans.length > 0) addHolder(0, 0, undefined);
  return rows;
}

const nameOf = ({ kind, component, operation, shard }: TraceSpan): string =>
  kind === 'request' ? operation : `${component}.${operation}${shard === undefined ? '' : ` shard ${shard}`}`;

function attemptNotes({ kind, attemptKind = 'first', batched, outcome }: TraceSpan): string[] {
  if (kind !== 'attempt') return [];
  return [
    ...(attemptKind === 'first' ? [] : [attemptKind]),
    ...(batched ? ['in a batch'] : []),
    ...(outcome === 'ok' ? [] : [outcome]),
  ];
}

function unanswered(span: TraceSpan, depth: number, notes: readonly string[]): WaterfallRow {
  const { startMs, durationMs, outcome } = span;
  const phase = outcome === 'ok' ? 'way' : 'failed';
  const segments: RowSegment[] = [{ phase, startMs, durationMs }];
  return {
    depth,
    node: span.kind === 'attempt' ? (span.peer ?? '') : span.node,
    what: nameOf(span),
    notes,
    outcome,
    heldMs: undefined,
    durationMs,
    segments,
  };
}

/** The time of the attempt before and after the work of the called node. */
function waySegments(attempt: TraceSpan | undefined, { startMs, durationMs, queueMs = 0 }: TraceSpan): RowSegment[] {
  if (attempt === undefined) return [];
  const queuedAt = startMs - queueMs;
  const endMs = startMs + durationMs;
  const back = attempt.startMs + attempt.durationMs - endMs;
  return [
    { phase: 'way' as const, startMs: attempt.startMs, durationMs: queuedAt - attempt.startMs },
    { phase: 'queue' as const, startMs: queuedAt, durationMs: queueMs },
    { phase: 'way' as const, startMs: endMs, durationMs: back },
  ].filter((segment) => segment.durationMs > 0);
}

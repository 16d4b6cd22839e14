import type { Trace, TraceSummary, UsualTimes } from './contract.ts';
import { usualTimes } from './usual-times.ts';

/** How many traces are kept for each reason: a flood of failures must not push out the slow ones. */
const capacities: Readonly<Record<Trace['because'], number>> = { error: 300, slow: 300, sample: 300, asked: 100 };
/** The most spans of one trace. Further spans are dropped. */
const maxSpans = 1_000;

export interface TraceQuery {
  /** The slowest first; otherwise the newest. */
  readonly slowest?: boolean;
  /** Only failed requests. */
  readonly errors?: boolean;
  /** Only requests that began at this time or later, wall-clock ms. */
  readonly since?: number;
  readonly limit: number;
}

export interface TraceStore {
  readonly add: (trace: Trace) => void;
  /** By trace id or request id. */
  readonly get: (id: string) => Trace | undefined;
  readonly list: (query: TraceQuery) => TraceSummary[];
  /** Undefined without requests. */
  readonly times: () => UsualTimes | undefined;
  readonly size: () => number;
}

/** The kept traces, in memory: the oldest of each reason goes first. */
export function createTraceStore(): TraceStore {
  const byRequest = new Map<string, Trace>();
  const byTrace = new Map<string, Trace>();

  function forget(trace: Trace): void {
    byRequest.delete(trace.requestId);
    if (byTrace.get(trace.traceId) === trace) byTrace.delete(trace.traceId);
  }

  return {
    add(trace) {
      const known = byRequest.get(trace.requestId);
      // A later collection finds fewer spans, because the nodes have forgotten some of them.
      if (known && known.spans.length > trace.spans.length) return;
      if (known) forget(known);
      const kept = { ...trace, spans: trace.spans.slice(0, maxSpans) };
      byRequest.set(trace.requestId, kept);
      byTrace.set(trace.traceId, kept);
      const alike = [...byRequest.values()].filter(({ because }) => because === trace.because);
      if (alike.length > capacities[trace.because]) forget(alike[0]!);
    },
    get: (id) => byTrace.get(id) ?? byRequest.get(id),
    list({ slowest = false, errors = false, since = 0, limit }) {
      return [...byRequest.values()]
        .filter(({ at, outcome }) => at >= since && (!errors || outcome !== 'ok'))
        .sort((a, b) => (slowest ? b.durationMs - a.durationMs : b.at - a.at))
        .slice(0, limit)
        .map(({ spans: _spans, tiers: _tiers, missingSpans: _missing, ...summary }) => summary);
    },
    times: () => usualTimes([...byRequest.values()]),
    size: () => byRequest.size,
  };
}

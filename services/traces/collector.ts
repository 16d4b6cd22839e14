import type { Clock } from '../../shared/time/clock.ts';
import type { Scheduler, Timer } from '../../shared/time/scheduler.ts';
import type { KeptTrace } from '../../shared/trace/contract.ts';
import { maxAsked } from '../../shared/trace/tracer.ts';
import { assembleTrace } from './assemble.ts';
import type { Trace } from './contract.ts';
import { gatherSpans, type Gathering } from './gather.ts';
import type { TraceStore } from './store.ts';

/** The wait before the nodes are asked, ms: attempts that nobody waits for any more can end in this time. */
const settleMs = 1_000;

interface Pending extends KeptTrace {
  readonly node: string;
  readonly endedAt: number;
}

export interface CollectorOptions extends Gathering {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly store: TraceStore;
  /** Traces that were dropped because too many came at once. */
  readonly onDropped: (traces: number) => void;
  /** Called with the traces of one round. */
  readonly onTraces: (traces: readonly Trace[]) => void;
}

export interface Collector {
  readonly keep: (node: string, traces: readonly KeptTrace[]) => void;
  /** Finds a kept trace, or one that the nodes still remember, by trace id or request id. */
  readonly find: (id: string) => Promise<Trace | undefined>;
  readonly stop: () => void;
}

/** Collects the spans of the traces that nodes want to keep, in rounds: one question per node, for all traces. */
export function createCollector(options: CollectorOptions): Collector {
  const { clock, scheduler, store, nodes, onDropped, onTraces } = options;
  let pending: Pending[] = [];
  let timer: Timer | undefined;

  async function round(): Promise<void> {
    timer = undefined;
    const now = pending;
    pending = [];
    const from = [...new Set(now.map(({ node }) => node))];
    const ids = now.map(({ traceId }) => traceId);
    const byTrace = Map.groupBy(await gatherSpans(ids, from, options), ({ traceId }) => traceId);
    const traces = now.flatMap(
      ({ traceId, because, endedAt }) => assembleTrace(traceId, byTrace.get(traceId) ?? [], { because, endedAt }) ?? [],
    );
    for (const trace of traces) store.add(trace);
    onDropped(now.length - traces.length);
    onTraces(traces);
  }

  async function ask(id: string): Promise<Trace | undefined> {
    const spans = await gatherSpans(
      [id],
      nodes.map((node) => node.id),
      options,
    );
    // The end of the request is unknown. It was not long ago, because the nodes still remember the request.
    const trace = assembleTrace(id, spans, { because: 'asked', endedAt: clock.wall() });
    if (trace) store.add(trace);
    return trace;
  }

  return {
    keep(node, traces) {
      const room = Math.max(0, maxAsked - pending.length);
      onDropped(Math.max(0, traces.length - room));
      const endedAt = ({ endedAgoMs }: KeptTrace) => clock.wall() - endedAgoMs;
      pending.push(...traces.slice(0, room).map((it) => ({ ...it, node, endedAt: endedAt(it) })));
      if (pending.length > 0) timer ??= scheduler.after(settleMs, () => void round());
    },
    find: async (id) => store.get(id) ?? ask(id),
    stop: () => timer?.cancel(),
  };
}

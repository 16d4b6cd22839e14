import { createCollector } from '../../../services/traces/collector.ts';
import type { Trace } from '../../../services/traces/contract.ts';
import { createTraceStore } from '../../../services/traces/store.ts';
import { createMetrics } from '../../../shared/observe/metrics.ts';
import type { Service } from '../../../shared/rpc/call.ts';
import type { BatchCodec } from '../../../shared/rpc/layers/sharing/batch.ts';
import { createPolicyHolder } from '../../../shared/rpc/policy.ts';
import { childSpan, newTrace, type TraceContext } from '../../../shared/rpc/trace-context.ts';
import { seededRandom } from '../../../shared/time/random.ts';
import type { Simulation } from '../../../shared/time/sim/simulation.ts';
import { createKeeper } from '../../../shared/trace/keeper.ts';
import { createTracer, type Tracer } from '../../../shared/trace/tracer.ts';
import { createWorld, type World } from '../world.ts';

/** What a request, or a handler, hands to the calls that it makes. */
export interface Cause {
  readonly requestId: string;
  readonly trace: TraceContext;
}

export interface TracedWorld extends World {
  /** Calls `component` with `service`, as a part of `cause`. */
  ask(service: Service, cause: Cause, component: string): Promise<unknown>;
  /** A public request that enters at `node`. */
  request(node: string, component: string, work: (cause: Cause) => Promise<unknown>): Promise<void>;
  /** Lets everything end, and gives the traces that were kept, in the order of their requests. */
  traces(): Promise<Trace[]>;
}

/** A world whose nodes record spans, and a collector that asks them as the component `traces` does. */
export function createTracedWorld(
  seed: number,
  nodes: readonly string[],
  codecs: Readonly<Record<string, BatchCodec>> = {},
): TracedWorld {
  const tracers = new Map<string, Tracer>();
  const store = createTraceStore();
  const policy = createPolicyHolder({ trace: { slowest: 0, errors: 0, perSecond: 50 } });
  const ids = seededRandom(seed);
  const requests: string[] = [];

  const tracerOf = (name: string, sim: Simulation): Tracer =>
    tracers.getOrInsertComputed(name, (node) => {
      const metrics = createMetrics({}, { process: false });
      const keep = (traces: Parameters<typeof collector.keep>[1]) => Promise.resolve(collector.keep(node, traces));
      return createTracer({ node, policy, metrics, ...sim, keeper: createKeeper({ ...sim, metrics, keep }) });
    });

  const world = createWorld(seed, { tracerOf, codecs });
  const { sim } = world;
  const collector = createCollector({
    ...sim,
    store,
    nodes: nodes.map((id) => ({ id, host: id, opsPort: 0 })),
    control: async ({ host }, { body }) => tracerOf(host, sim).routes[0]!.handle({}, body),
    onSilent: (node) => {
      throw new Error(`${node} gave no spans`);
    },
    onDropped: () => undefined,
    onTraces: () => undefined,
  });

  return {
    ...world,
    ask: (service, { requestId, trace }, component) =>
      service(world.call(component, { requestId, trace: childSpan(trace, ids) })),
    async request(node, component, work) {
      const cause = { requestId: `request-${requests.length + 1}`, trace: newTrace(ids) };
      requests.push(cause.requestId);
      const startedAt = sim.clock.now();
      await work(cause);
      tracerOf(node, sim).watchRequests(component)(cause, 'GET /search', 'ok', startedAt);
    },
    async traces() {
      await sim.run();
      return requests.flatMap((id) => store.get(id) ?? []);
    },
  };
}

/** The spans as lines, each indented below its parent. */
export const outline = ({ spans }: Trace): string[] =>
  spans.map(({ kind, node, component, peer, attemptKind, outcome, depth }) => {
    const what = kind === 'attempt' ? `${attemptKind} ${peer} ${outcome}` : kind === 'call' ? component : node;
    return `${' '.repeat(depth)}${kind} ${what}`;
  });

import Type from 'typebox';
import { compose, type Call, type Endpoint, type Service } from '../../shared/rpc/call.ts';
import { contract, operation } from '../../shared/rpc/contract.ts';
import { asRpcError, type ErrorCode } from '../../shared/rpc/errors.ts';
import type { LayerEvent } from '../../shared/rpc/layers/events.ts';
import { createStatistics, type LatencyStatistics } from '../../shared/rpc/layers/replicas/latency-statistics.ts';
import { createPolicyHolder, type PolicyHolder } from '../../shared/rpc/policy.ts';
import { clientLayers } from '../../shared/rpc/client-layers.ts';
import type { BatchCodec } from '../../shared/rpc/layers/sharing/batch.ts';
import { serverLayers } from '../../shared/rpc/server-layers.ts';
import { createSimHosts, type SimHosts } from '../../shared/rpc/transports/sim.ts';
import type { Distribution } from '../../shared/time/sim/distribution.ts';
import { createNetwork, type Network } from '../../shared/time/sim/network.ts';
import { createSimulation, type Simulation } from '../../shared/time/sim/simulation.ts';
import { createStation, type Station } from '../../shared/time/sim/station.ts';
import type { Tracer } from '../../shared/trace/tracer.ts';
import { testCall } from '../unit/rpc/layers/helpers.ts';

// Millions of refusals are made here; the test runner would record a hundred stack frames with each.
Error.stackTraceLimit = 1;

const empty = Type.Object({});
/** They stand for the real components: only their times matter here, not their answers. */
const { operations } = contract('any', {
  read: operation({ summary: 'a read', request: empty, response: empty }),
  write: operation({ summary: 'a write', request: empty, response: empty, idempotent: false, priority: 'write' }),
  sync: operation({ summary: 'background work', request: empty, response: empty, priority: 'background' }),
});

export interface SimServer {
  readonly node: string;
  readonly station: Station;
  readonly policy: PolicyHolder;
}

export interface Client {
  readonly service: Service;
  readonly policy: PolicyHolder;
  readonly statistics: LatencyStatistics;
  readonly events: LayerEvent[];
}

export interface World {
  readonly sim: Simulation;
  readonly network: Network;
  readonly hosts: SimHosts;
  /** Replicas `<component>-1` to `-n`; each does its work at a station of its own, then `afterwards`. */
  servers(component: string, n: number, options: ServerOptions): SimServer[];
  client(node: string, policy: unknown): Client;
  call(component: string, options?: Partial<Call> & { kind?: 'read' | 'write' | 'sync'; timeoutMs?: number }): Call;
  events: (event: LayerEvent['event']) => LayerEvent[];
}

export interface ServerOptions {
  readonly workers: number;
  readonly serviceTime: Distribution;
  readonly policy?: unknown;
  /** Goes on working when nobody waits any more, as a handler without a signal does. */
  readonly stubborn?: boolean;
  /** What the handler does besides: calls to the tier below, for one. */
  readonly afterwards?: (call: Call, node: string) => Promise<unknown>;
}

export interface WorldOptions {
  /** Records the spans of a node; without it, nobody traces. */
  readonly tracerOf?: (node: string, sim: Simulation) => Tracer;
  readonly codecs?: Readonly<Record<string, BatchCodec>>;
}

export function createWorld(seed: number | string, { tracerOf, codecs = {} }: WorldOptions = {}): World {
  const sim = createSimulation(seed);
  const network = createNetwork({ scheduler: sim.scheduler, random: sim.random });
  const hosts = createSimHosts({ clock: sim.clock, network });
  const placed = new Map<string, Endpoint[]>();
  const all: LayerEvent[] = [];
  const none: Endpoint[] = [];
  let ids = 0;

  return {
    sim,
    network,
    hosts,
    servers(component, n, { workers, serviceTime, policy = 'resilient', stubborn = false, afterwards }) {
      const servers = Array.from({ length: n }, (_, i) => {
        const node = `${component}-${i + 1}`;
        const holder = createPolicyHolder(policy);
        const station = createStation({ ...sim, random: sim.random, workers, serviceTime });
        const handler: Service = async (call) => {
          await station.work(stubborn ? undefined : call.signal);
          const body = (await afterwards?.(call, node)) ?? {};
          return { body, servedBy: [node] };
        };
        const observe = (event: LayerEvent) => void all.push(event);
        const watchServed = tracerOf?.(node, sim).watchServed;
        hosts.host(
          node,
          serverLayers(holder, { ...sim, queue: station, observe, watchServed, warmUp: { served: Infinity } })(handler),
        );
        return { node, station, policy: holder };
      });
      placed.set(
        component,
        servers.map(({ node }) => ({ node, host: '', port: 0 })),
      );
      return servers;
    },
    client(node, file) {
      const policy = createPolicyHolder(file);
      const statistics = createStatistics();
      const events: LayerEvent[] = [];
      const tracer = tracerOf?.(node, sim);
      const layers = clientLayers(policy, {
        clock: sim.clock,
        random: sim.random,
        scheduler: sim.scheduler,
        endpoints: (component) => placed.get(component) ?? none,
        statistics,
        codecs,
        ...(tracer && { watchCall: tracer.watchCall, watchAttempt: tracer.watchAttempt }),
        observe(event) {
          events.push(event);
          all.push(event);
        },
      });
      return { service: compose(layers, hosts.transport(node)), policy, statistics, events };
    },
    call(component, { kind = 'read', timeoutMs = 10_000, ...own } = {}) {
      const { [kind]: op } = operations;
      const deadlineAt = sim.clock.now() + timeoutMs;
      return testCall({
        component,
        operation: op,
        requestId: String(++ids),
        deadlineAt,
        priority: op.priority,
        ...own,
      });
    },
    events: (event) => all.filter((one) => one.event === event),
  };
}

export interface CallResult {
  readonly atMs: number;
  readonly latencyMs: number;
  readonly code: ErrorCode | 'ok';
}

/** The results of a load. */
export interface Results {
  readonly outcomes: CallResult[];
  /** Of the calls that began in [fromMs, toMs). */
  between(fromMs: number, toMs: number): Results;
  readonly ok: number;
  /** Share of all calls that were answered within `ms`. */
  shareWithin(ms: number): number;
  /** Of the answered calls, ms. */
  quantile(q: number): number;
  codes(): Record<string, number>;
}

export function results(outcomes: CallResult[]): Results {
  const answered = outcomes.filter(({ code }) => code === 'ok').map(({ latencyMs }) => latencyMs);
  let sorted: number[] | undefined;
  return {
    outcomes,
    between: (fromMs, toMs) => results(outcomes.filter(({ atMs }) => atMs >= fromMs && atMs < toMs)),
    ok: answered.length,
    shareWithin: (ms) => answered.filter((latencyMs) => latencyMs <= ms).length / outcomes.length,
    quantile(q) {
      sorted ??= answered.toSorted((a, b) => a - b);
      return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
    },
    codes: () =>
      Object.fromEntries(
        Map.groupBy(outcomes, ({ code }) => code)
          .entries()
          .map(([code, of]) => [code, of.length]),
      ),
  };
}

/** An open load: calls begin at `ratePerSecond`, evenly or as a Poisson process, and wait for no earlier answer. */
export function load(
  { sim }: World,
  options: { ratePerSecond: number; untilMs: number; poisson?: boolean; call: () => Promise<unknown> },
): CallResult[] {
  const { ratePerSecond, untilMs, poisson = true, call } = options;
  const outcomes: CallResult[] = [];
  const { clock, scheduler, random } = sim;
  const gapMs = () => (poisson ? -Math.log(1 - random.next()) : 1) * (1_000 / ratePerSecond);

  function send(): void {
    const atMs = clock.now();
    const end = (code: CallResult['code']) => outcomes.push({ atMs, latencyMs: clock.now() - atMs, code });
    call().then(
      () => end('ok'),
      (thrown: unknown) => end(asRpcError(thrown).code),
    );
  }
  function next(): void {
    if (clock.now() >= untilMs) return;
    send();
    scheduler.after(gapMs(), next);
  }
  scheduler.after(gapMs(), next);
  return outcomes;
}

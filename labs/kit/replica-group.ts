import Type from 'typebox';
import { compose, type Endpoint, type Layer, type Reply, type Service } from '../../shared/rpc/call.ts';
import { clientLayers } from '../../shared/rpc/client-layers.ts';
import { contract, operation } from '../../shared/rpc/contract.ts';
import type { Observe } from '../../shared/rpc/layers/events.ts';
import { createStatistics } from '../../shared/rpc/layers/replicas/latency-statistics.ts';
import { createPolicyHolder, type PolicyFile } from '../../shared/rpc/policy.ts';
import { createSimHosts, type SimHosts } from '../../shared/rpc/transports/sim.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { Random } from '../../shared/time/random.ts';
import { type Scheduler, sleep } from '../../shared/time/scheduler.ts';
import { createNetwork } from '../../shared/time/sim/network.ts';
import type { Simulation } from '../../shared/time/sim/simulation.ts';

/** What each replica answers, modelled or in a process of its own. */
export const backend = contract('backend', {
  read: operation({ summary: 'a read', request: Type.Object({}), response: Type.Object({}) }),
});

/** The name of the modelled operation in a policy. */
export const readOperation = 'backend.read';

/** Longer than any call of the labs takes. */
const usualDeadlineMs = 10_000;

interface Served {
  readonly body: object;
  readonly tookMs: number;
}

export interface ReplicaGroup {
  readonly sim: Simulation;
  readonly replicas: number;
  /** Which of the system's client layers are on, and how they are set. */
  readonly policy: PolicyFile;
  /** The answer of the replica with this number, from 0 on, and the time that it takes, ms. */
  readonly serve: (replica: number) => Served | Promise<Served>;
  /** The layers of the server side, in front of every replica; none by default. */
  readonly server?: Layer;
  /** The deadline of each call, ms; by default longer than any modelled call takes. */
  readonly deadlineMs?: number;
  readonly observe?: Observe;
  /** Where the replicas run, for a lab that kills one. */
  readonly hosts?: SimHosts;
  /** The name of the replica with this number; `nameOf` when absent. */
  readonly name?: (replica: number) => string;
}

/**
 * The client layers of the system in front of modelled replicas, in virtual time:
 *
 *   read() -> quorum, hedge, balance ... -> simulated network -> replica 0..n-1
 *
 * Returns the function that makes one call.
 */
export function createReplicaGroup({
  sim,
  replicas,
  policy,
  serve,
  server = (next) => next,
  deadlineMs = usualDeadlineMs,
  observe,
  hosts = createSimHosts({ clock: sim.clock, network: createNetwork(sim) }),
  name = nameOf,
}: ReplicaGroup): () => Promise<Reply> {
  const endpoints = Array.from({ length: replicas }, (_, i): Endpoint => ({ node: name(i), host: '', port: 0 }));
  for (const [i, { node }] of endpoints.entries())
    hosts.host(
      node,
      server(async () => {
        const { body, tookMs } = await serve(i);
        await sleep(sim.scheduler, tookMs);
        return { body, servedBy: [node] };
      }),
    );
  return createBackendClient({
    ...sim,
    endpoints,
    policy,
    transport: hosts.transport('client'),
    deadlineMs,
    ...(observe && { observe }),
  });
}

interface BackendClient {
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly endpoints: readonly Endpoint[];
  readonly policy: PolicyFile;
  readonly transport: Service;
  readonly deadlineMs?: number;
  readonly observe?: Observe;
  readonly signal?: AbortSignal;
}

/** The client layers of the system in front of `endpoints`. Returns the function that makes one call. */
export function createBackendClient({
  clock,
  random,
  scheduler,
  endpoints,
  policy,
  transport,
  deadlineMs = usualDeadlineMs,
  observe,
  signal = new AbortController().signal,
}: BackendClient): () => Promise<Reply> {
  const layers = clientLayers(createPolicyHolder(policy), {
    clock,
    random,
    scheduler,
    endpoints: () => endpoints,
    statistics: createStatistics(),
    ...(observe && { observe }),
  });
  const service: Service = compose(layers, transport);
  const { component, operations } = backend;
  let calls = 0;
  return () =>
    service({
      component,
      operation: operations.read,
      request: {},
      requestId: String(++calls),
      trace: { traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1', sampled: false },
      deadlineAt: clock.now() + deadlineMs,
      signal,
      attempt: 1,
      priority: operations.read.priority,
    });
}

/** `backend-1` is replica 0. */
export const nameOf = (replica: number): string => `backend-${replica + 1}`;

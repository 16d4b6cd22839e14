import Type from 'typebox';
import { compose, type Endpoint, type Layer, type Reply, type Service } from '../../shared/rpc/call.ts';
import { clientLayers } from '../../shared/rpc/client-layers.ts';
import { contract, operation } from '../../shared/rpc/contract.ts';
import type { Observe } from '../../shared/rpc/layers/events.ts';
import { createStatistics } from '../../shared/rpc/layers/replicas/latency-statistics.ts';
import { createPolicyHolder, type PolicyFile } from '../../shared/rpc/policy.ts';
import { createSimHosts, type SimHosts } from '../../shared/rpc/transports/sim.ts';
import { sleep } from '../../shared/time/scheduler.ts';
import { createNetwork } from '../../shared/time/sim/network.ts';
import type { Simulation } from '../../shared/time/sim/simulation.ts';

const { operations } = contract('backend', {
  read: operation({ summary: 'a read', request: Type.Object({}), response: Type.Object({}) }),
});

/** The name of the modelled operation in a policy. */
export const readOperation = 'backend.read';

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
  deadlineMs = 10_000,
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
  const layers = clientLayers(createPolicyHolder(policy), {
    ...sim,
    endpoints: () => endpoints,
    statistics: createStatistics(),
    ...(observe && { observe }),
  });
  const service: Service = compose(layers, hosts.transport('client'));
  let calls = 0;
  return () =>
    service({
      component: 'backend',
      operation: operations.read,
      request: {},
      requestId: String(++calls),
      trace: { traceId: '', spanId: '', sampled: false },
      deadlineAt: sim.clock.now() + deadlineMs,
      signal: new AbortController().signal,
      attempt: 1,
      priority: operations.read.priority,
    });
}

/** `backend-1` is replica 0. */
export const nameOf = (replica: number): string => `backend-${replica + 1}`;

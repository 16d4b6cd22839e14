import type { Endpoint, Layer, Reply } from '../../shared/rpc/call.ts';
import type { Observe } from '../../shared/rpc/layers/events.ts';
import type { PolicyFile } from '../../shared/rpc/policy.ts';
import { createSimHosts, type SimHosts } from '../../shared/rpc/transports/sim.ts';
import { sleep } from '../../shared/time/scheduler.ts';
import { createNetwork } from '../../shared/time/sim/network.ts';
import type { Simulation } from '../../shared/time/sim/simulation.ts';
import { createBackendClient } from './backend-client.ts';

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
  deadlineMs,
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
    observe,
  });
}

/** `backend-1` is replica 0. */
export const nameOf = (replica: number): string => `backend-${replica + 1}`;

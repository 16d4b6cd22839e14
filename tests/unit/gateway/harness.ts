import type { FastifyInstance } from 'fastify';
import pino from 'pino';
import type { Component, Contracts, Environment } from '../../../shared/cluster/component.ts';
import { createDoor } from '../../../shared/cluster/door.ts';
import type { Topology, TopologyNode } from '../../../shared/cluster/topology.ts';
import { createMetrics } from '../../../shared/observe/metrics.ts';
import type { Context } from '../../../shared/rpc/context.ts';
import type { Contract } from '../../../shared/rpc/contract.ts';
import { createServer } from '../../../shared/rpc/server.ts';
import { upstream } from '../../../shared/rpc/upstream.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { seededRandom } from '../../../shared/time/random.ts';
import { systemScheduler } from '../../../shared/time/scheduler.ts';
import { createPolicyHolder } from '../../../shared/rpc/policy.ts';
import { emptyKeyring } from '../../../shared/security/keyring.ts';

const silent = pino({ level: 'silent' });

/** The surroundings of a component that runs alone: no other node, no ops network, no files, and no delays. */
const loneNode = {
  datasetDir: '',
  stateDir: undefined,
  clusterStartedAt: '',
  policy: createPolicyHolder('resilient'),
  lag: { lagMs: () => 0, lostMs: () => 0 },
  ops: { control: () => Promise.reject(new Error('there is no ops network here')), token: undefined },
  heartbeatKeys: emptyKeyring,
  toNode: () => {
    throw new Error('there is one node here');
  },
  view: () => undefined,
} satisfies Partial<Environment>;

export function context(overrides: Partial<Context> = {}): Context {
  return {
    requestId: 'test',
    trace: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: false },
    deadlineAt: Infinity,
    signal: new AbortController().signal,
    priority: 'read',
    servedBy: [],
    ...overrides,
  };
}

/** Everything that a component gets, with upstreams of the test. */
export function environment<C extends Contract, Calls extends Contracts>(
  _component: Component<C, Calls>,
  id: string,
  upstream: Environment<NoInfer<Calls>>['upstream'],
  topology: Partial<Topology> = {},
): Environment<Calls> {
  const node: TopologyNode = {
    id,
    group: id,
    components: [],
    host: '127.0.0.1',
    port: 0,
    publicPort: 0,
    doors: {},
    opsPort: 0,
  };
  return {
    node,
    incarnation: 1,
    topology: {
      name: 'test',
      summary: '',
      style: 'object-based',
      shards: 1,
      watchdogPort: 0,
      nodes: [node],
      ...topology,
    } as Topology,
    clock: systemClock,
    random: seededRandom(id),
    scheduler: systemScheduler,
    log: silent,
    metrics: createMetrics({ node: id }, { process: false }),
    upstream,
    ...loneNode,
    newContext: () => context(),
  };
}

/** The component's public door on a real data port, not listening yet: `inject` works, and so does `listen`. */
export async function doorOf<C extends Contract, Calls extends Contracts>(
  component: Component<C, Calls>,
  given: Environment<Calls>,
): Promise<FastifyInstance> {
  const server = createDoor(silent, undefined);
  const running = await component.create(given);
  const rpc = createServer(given.node.id);
  rpc.host({ contract: component.contract, handlers: running.handlers });
  await running.routes?.(server, upstream(component.contract, rpc.serve, given.random));
  await server.ready();
  return server;
}

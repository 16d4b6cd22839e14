import { upstream } from '../rpc/upstream.ts';
import { emptyKeyring } from '../security/keyring.ts';
import { givesOrders } from '../security/operator.ts';
import type { Environment, Running } from './component.ts';
import type { Stack } from './stack.ts';
import type { NodeParts } from './node-options.ts';

/** The components of one node. If one cannot be created, `stop` still stops those before it. */
export function nodeComponents(parts: NodeParts, { server, client, policy, tracer }: Stack) {
  const { options, clock, metrics, lag, faults, view, newContext } = parts;
  const { topology, node, components, incarnation, datasetDir, random, scheduler, log, hosts, operator } = options;
  const { keyring = emptyKeyring } = options;
  const running = new Map<string, Running>();

  const environmentOf = (name: string): Environment => ({
    node,
    incarnation,
    topology,
    clock,
    random,
    scheduler,
    log: log.child({ component: name }),
    metrics,
    upstream: Object.fromEntries(
      Object.entries(components[name]!.calls).map(([callee, contract]) => [
        callee,
        upstream(contract, client.service, random),
      ]),
    ),
    datasetDir,
    stateDir: options.stateDir,
    clusterStartedAt: options.clusterStartedAt ?? '',
    policy,
    lag,
    ops: { control: options.control, token: givesOrders(name) ? operator?.token : undefined },
    hosts,
    heartbeatKeys: name === 'monitor' ? keyring : emptyKeyring,
    toNode: (contract, id) => upstream(contract, client.toNode(id), random),
    ...(faults && { disk: faults.disk }),
    view,
    newContext,
    watchRequest: tracer?.watchRequests(name),
  });

  return {
    running: running as ReadonlyMap<string, Running>,
    async create(): Promise<void> {
      for (const name of node.components) {
        const definition = components[name]!;
        const it = await definition.create(environmentOf(name));
        running.set(name, it);
        server.host({ contract: definition.contract, handlers: it.handlers });
      }
    },
    /** Handles the datagrams of other nodes, if a component does. */
    datagrams: () => [...running.values()].find(({ datagrams }) => datagrams)?.datagrams,
    state: () => Object.fromEntries([...running].map(([name, it]) => [name, it.state?.() ?? {}])),
    async stop(): Promise<void> {
      for (const it of running.values()) await it.stop?.();
    },
  };
}

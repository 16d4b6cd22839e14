import type { IncomingMessage } from 'node:http';
import { chaosOffRoutes } from '../faults/chaos-off.ts';
import type { View } from '../membership/view.ts';
import { liveReading } from '../rpc/live-reading.ts';
import { createMetrics, type Metrics } from '../observe/metrics.ts';
import { backgroundContexts } from '../rpc/background-context.ts';
import { connectionMetrics, nodeInfo } from './node-metrics.ts';
import { httpServerTransport } from '../rpc/transports/http-server.ts';
import { upstream } from '../rpc/upstream.ts';
import { emptyKeyring, type PublishedKeys } from '../security/keyring.ts';
import { peerName } from '../security/tls.ts';
import { saysLeaving, type LeavingProcess } from './directory.ts';
import { heartbeatEntrance } from './heartbeats.ts';
import { listenForHeartbeats } from './heartbeat-socket.ts';
import { close, listen } from './listen.ts';
import { measureLag } from './loop-lag.ts';
import { listenerSwitch, type ListenerSwitch } from './listener-switch.ts';
import type { NodeOptions, NodeParts } from './node-options.ts';
import { nodeComponents } from './node-components.ts';
import { joinMonitors } from './node-heartbeats.ts';
import { createNodePorts, sharesPorts } from './node-ports.ts';
import { createOpsPort } from './ops-port.ts';
import { createRole } from './role.ts';
import { createStack } from './stack.ts';
import type { Topology } from './topology.ts';

export interface RunningNode {
  readonly opsPort: number;
  /**
   * Tells the monitors that this node is leaving. The node still answers. Callers choose other nodes once they know the
   * view.
   */
  readonly drain: () => void;
  /**
   * Whether calls from this node avoid the process `leaving`. They avoid it when this node's view says that the process
   * is leaving, or when this node's topology no longer has the node of that process.
   */
  readonly avoids: (leaving: LeavingProcess) => boolean;
  /** Nodes were added or removed: from now on calls go by this topology. */
  readonly place: (topology: Topology, keys: PublishedKeys) => void;
  /** Every node of the topology has been started: `ready` of the options no longer counts. */
  readonly allStarted: () => void;
  /**
   * Drains and stops: accepts no new requests, answers those in progress, then releases everything. Idempotent. Without
   * `farewell` the node does not tell the monitors. They diagnose a crash, because no operator wanted the node to stop.
   */
  readonly stop: (options?: { readonly farewell: boolean }) => Promise<void>;
}

/**
 * Hosts the components of one node. Assembles the node, listens, and sends heartbeats. Resolves when the node is ready.
 *
 *   ops port up -> components created -> data ports up -> heartbeats say "ready"
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { topology, node, components, incarnation, random, scheduler, log, bindHost, hosts } = options;
  const { chaosEnabled = false, twin = false, identity, keyring = emptyKeyring } = options;
  let placement = topology;
  let { ready } = options;

  // Assemble: heartbeats say "starting", and no node can call this one yet.
  const labels = ({ name }: Topology) => ({ node: node.id, topology: name });
  const metrics = createMetrics(labels(topology), { process: true });
  const listeners = listenerSwitch(scheduler, log);
  const faults = chaosEnabled ? await nodeFaults(options, metrics, listeners) : undefined;
  const clock = faults?.clock ?? options.clock;
  const lag = measureLag(options, metrics);
  nodeInfo(metrics, node);
  const newContext = backgroundContexts(clock, random);
  const role = createRole({
    node,
    setPhase: (phase) => heartbeats.setPhase(phase),
    open,
    onFailure(err) {
      log.fatal({ err }, 'the standby could not open');
      process.exit(70);
    },
  });
  const view = (): View | undefined => heartbeats.view();
  const parts: NodeParts = { options, clock, metrics, lag, faults, view, newContext };
  const stack = createStack({ ...parts, fence: role.layer, placement: () => placement, ready: () => ready });
  const { server, client, policy, security } = stack;
  policy.onChange(() => options.onPolicy?.(policy.current));
  const heartbeats = joinMonitors(parts, stack, role);
  const hosted = nodeComponents(parts, stack);
  const nodePorts = createNodePorts({ node, bindHost, chaosEnabled, identity, listeners, log, hosts });
  let inbound: { readonly close: () => void } | undefined;
  const ops = createOpsPort({
    metrics,
    policy,
    tuning: stack.tuning,
    operatorDigest: options.operator?.digest,
    hosts,
    more: [...(faults?.routes ?? chaosOffRoutes), ...security.routes, ...(stack.tracer?.routes ?? [])],
    live: () => liveReading(metrics, { incarnation, lagMs: lag.lagMs() }),
    ready: () => heartbeats.phase() === 'ready',
    state: () => ({
      node: node.id,
      incarnation,
      phase: heartbeats.phase(),
      policy: policy.current,
      station: stack.station(),
      lagMs: lag.lagMs(),
      view: view(),
      components: hosted.state(),
    }),
  });

  /** Creates the components, then lets others call them. */
  async function open(): Promise<void> {
    await hosted.create();
    const onRpc = httpServerTransport(server, {
      node: node.id,
      clock,
      random,
      log,
      ...(faults && { shape: faults.shape }),
      ...(identity && { callerOf: ({ socket }: IncomingMessage) => peerName(socket) }),
    });
    const receive = hosted.datagrams();
    if (receive)
      inbound = await listenForHeartbeats(node, {
        bindHost,
        reusePort: sharesPorts(chaosEnabled),
        log,
        onMessage: heartbeatEntrance({ receive, isOpen: listeners.isOpen, passage: faults?.passage }),
      });
    await nodePorts.open(onRpc, hosted.running, (name) => upstream(components[name]!.contract, server.serve, random));
    connectionMetrics(metrics, { data: nodePorts.servers, ops: () => [ops], out: client.openConnections });
  }

  function avoids(leaving: LeavingProcess): boolean {
    const isPlaced = placement.nodes.some(({ id }) => id === leaving.node);
    return !isPlaced || saysLeaving(view(), leaving);
  }

  function place(next: Topology, keys: PublishedKeys): void {
    placement = next;
    metrics.relabel(labels(next));
    keyring.learn(keys);
  }

  function drain(): void {
    role.leave();
    heartbeats.setPhase('draining');
  }

  let stopping: Promise<void> | undefined;
  const stop: RunningNode['stop'] = ({ farewell } = { farewell: true }) => (stopping ??= release(farewell));

  async function release(farewell: boolean): Promise<void> {
    role.leave();
    listeners.forget();
    faults?.registry.healAll('shutdown');
    if (farewell) heartbeats.setPhase('draining');
    else heartbeats.stop();
    await nodePorts.close();
    await hosted.stop();
    heartbeats.close();
    inbound?.close();
    lag.stop();
    stack.tracer?.stop();
    await client.close();
    await close(ops);
  }

  try {
    const { port: opsPort } = await listen(ops, { port: twin ? 0 : node.opsPort, host: bindHost });
    await role.begin();
    return { stop, drain, avoids, place, opsPort, allStarted: () => void (ready = undefined) };
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
}

/** Loaded only where chaos is enabled; other nodes do not pay for it. */
async function nodeFaults(
  { node, components, clock, scheduler, log }: NodeOptions,
  metrics: Metrics,
  listener: ListenerSwitch,
) {
  const { createNodeFaults } = await import('../faults/node-faults.ts');
  const hasDisk = node.components.includes('database');
  const operations = node.components.flatMap((name) => Object.values(components[name]!.contract.operations));
  const serves = operations.some(({ priority }) => priority !== 'health');
  return createNodeFaults({ node: node.id, clock, scheduler, listener, serves, hasDisk, metrics, log });
}

import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { chaosOffRoutes } from '../faults/chaos-off.ts';
import { heartbeatIntervalMs } from '../membership/heartbeat.ts';
import { createLagMeter } from '../membership/lag.ts';
import { idleLoop } from '../time/idle-loop.ts';
import { runDelayMs } from '../time/run-delay.ts';
import { lagMetrics, loopDelays } from '../membership/lag-metrics.ts';
import { liveReading } from '../rpc/live-reading.ts';
import { createMetrics, type Metrics } from '../observe/metrics.ts';
import type { Context } from '../rpc/context.ts';
import { connectionMetrics, nodeInfo } from './node-metrics.ts';
import { newTrace } from '../rpc/trace-context.ts';
import { httpServerTransport } from '../rpc/transports/http-server.ts';
import { upstream } from '../rpc/upstream.ts';
import { traces, type KeptTrace } from '../trace/contract.ts';
import { emptyKeyring, type PublishedKeys } from '../security/keyring.ts';
import { givesOrders } from '../security/operator.ts';
import { peerName } from '../security/tls.ts';
import type { Environment, Running } from './component.ts';
import { saysLeaving, type LeavingProcess } from './directory.ts';
import { startHeartbeats, type NodeHeartbeats } from './heartbeat-source.ts';
import { heartbeatEntrance, openHeartbeats } from './heartbeats.ts';
import { listenForHeartbeats } from './heartbeat-socket.ts';
import { close, listen } from './listen.ts';
import { listenerSwitch, type ListenerSwitch } from './listener-switch.ts';
import type { NodeOptions } from './node-options.ts';
import { createNodePorts, sharesPorts } from './node-ports.ts';
import { createOpsPort } from './ops-port.ts';
import { createRole } from './role.ts';
import { createStack } from './stack.ts';
import { nodesHosting, type Topology } from './topology.ts';

export interface RunningNode {
  readonly opsPort: number;
  /** Tells the monitors that it is leaving, and still answers. Callers choose other nodes once they know the view. */
  readonly drain: () => void;
  /** Whether its own calls avoid this process: the process is leaving in its view, or not in its topology. */
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

/** Heartbeats alone keep the main loop busy for less than half a per cent of the time. */
const idleShare = 0.02;

/** A signal that never aborts. It is shared, because a new controller would cost time in every heartbeat. */
const never = new AbortController().signal;

/** How long the node tries to hand a list of traces to the component `traces`, ms. Then the list is lost. */
const keepTimeoutMs = 2_000;

/**
 * Hosts the components of one node. Assembles the node, listens, and sends heartbeats. Resolves when the node is ready.
 *
 *   ops port up -> components created -> data ports up -> heartbeats say "ready"
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { topology, node, components, incarnation, datasetDir, random, scheduler, log, bindHost, hosts } = options;
  const { chaosEnabled = false, twin = false, identity, keyring = emptyKeyring } = options;
  let placement = topology;
  let { ready } = options;
  const labels = ({ name }: Topology) => ({ node: node.id, topology: name });
  const metrics = createMetrics(labels(topology), { process: true });
  const listeners = listenerSwitch(scheduler, log);
  const faults = chaosEnabled ? await nodeFaults(options, metrics, listeners) : undefined;
  const clock = faults?.clock ?? options.clock;
  // The lag of the main loop is measured by the true clock, because timers also use it.
  const lag = createLagMeter(options.clock, scheduler, {
    waitedMs: () => runDelayMs() ?? 0,
    // A monitor needs its own exact lag to judge other nodes, so its meter never rests.
    ...(!node.components.includes('monitor') && {
      idle: { isIdle: idleLoop(idleShare), tickMs: heartbeatIntervalMs },
    }),
    onTick: loopDelays(metrics),
  });
  lagMetrics(metrics, lag, options.clock);
  nodeInfo(metrics, node);
  const role = createRole({
    node,
    setPhase: (phase) => heartbeatSender.setPhase(phase),
    open: () => open(),
    onFailure(err) {
      log.fatal({ err }, 'the standby could not open');
      process.exit(70);
    },
  });
  const stack = createStack({
    options,
    clock,
    metrics,
    lag,
    faults,
    fence: role.layer,
    view: () => heartbeatSender.view(),
    placement: () => placement,
    ready: () => ready,
    keep: (list) => keepTraces(list),
  });
  const { server, client, policy, security } = stack;
  policy.onChange(() => options.onPolicy?.(policy.current));

  const newContext = (timeoutMs: number): Context => ({
    requestId: newTrace(random).traceId,
    trace: newTrace(random, false),
    deadlineAt: clock.now() + timeoutMs,
    signal: never,
    priority: 'background',
    servedBy: [],
  });

  const collectors = nodesHosting(topology, 'traces').map(({ id }) => upstream(traces, client.toNode(id), random));
  const keepTraces = (list: readonly KeptTrace[]) =>
    Promise.all(collectors.map((it) => it.keep({ node: node.id, traces: [...list] }, newContext(keepTimeoutMs))));

  const monitors = nodesHosting(topology, 'monitor');
  const heartbeats = openHeartbeats({
    monitors,
    clock,
    log,
    passage: faults?.passage,
    onMessage: (datagram) => heartbeatSender.receive(datagram),
  });
  const heartbeatSender: NodeHeartbeats = startHeartbeats({
    policy,
    monitorNodes: monitors,
    log,
    node: node.id,
    incarnation,
    process: randomBytes(8).toString('base64url'),
    monitors: keyring.toMonitors,
    clock,
    scheduler,
    self: stack.self.report,
    evidence: stack.evidence.take,
    token: role.token,
    onView: role.follow,
    onInterval: lag.idleTick,
    send: heartbeats.send,
  });

  const running = new Map<string, Running>();
  let inbound: { readonly close: () => void } | undefined;
  const nodePorts = createNodePorts({ node, bindHost, chaosEnabled, identity, listeners, log, hosts });
  const ops = createOpsPort({
    metrics,
    policy,
    tuning: stack.tuning,
    operatorDigest: options.operator?.digest,
    hosts,
    more: [...(faults?.routes ?? chaosOffRoutes), ...security.routes, ...(stack.tracer?.routes ?? [])],
    live: () => liveReading(metrics, { incarnation, lagMs: lag.lagMs() }),
    ready: () => heartbeatSender.phase() === 'ready',
    state: () => ({
      node: node.id,
      incarnation,
      phase: heartbeatSender.phase(),
      policy: policy.current,
      station: stack.station(),
      lagMs: lag.lagMs(),
      view: heartbeatSender.view(),
      components: Object.fromEntries([...running].map(([name, it]) => [name, it.state?.() ?? {}])),
    }),
  });

  let stopping: Promise<void> | undefined;
  const stop: RunningNode['stop'] = ({ farewell } = { farewell: true }) => (stopping ??= release(farewell));

  function drain(): void {
    role.leave();
    heartbeatSender.setPhase('draining');
  }

  function avoids(leaving: LeavingProcess): boolean {
    const isPlaced = placement.nodes.some(({ id }) => id === leaving.node);
    return !isPlaced || saysLeaving(heartbeatSender.view(), leaving);
  }

  function place(next: Topology, keys: PublishedKeys): void {
    placement = next;
    metrics.relabel(labels(next));
    keyring.learn(keys);
  }

  async function release(farewell: boolean): Promise<void> {
    role.leave();
    listeners.forget();
    faults?.registry.healAll('shutdown');
    if (farewell) heartbeatSender.setPhase('draining');
    else heartbeatSender.stop();
    await nodePorts.close();
    for (const it of running.values()) await it.stop?.();
    heartbeatSender.stop();
    heartbeats.close();
    inbound?.close();
    lag.stop();
    stack.tracer?.stop();
    await client.close();
    await close(ops);
  }

  async function open(): Promise<void> {
    for (const name of node.components) {
      const definition = components[name]!;
      const environment: Environment = {
        node,
        incarnation,
        topology,
        clock,
        random,
        scheduler,
        log: log.child({ component: name }),
        metrics,
        upstream: Object.fromEntries(
          Object.entries(definition.calls).map(([callee, contract]) => [
            callee,
            upstream(contract, client.service, random),
          ]),
        ),
        datasetDir,
        stateDir: options.stateDir,
        clusterStartedAt: options.clusterStartedAt ?? '',
        policy,
        lag,
        ops: { control: options.control, token: givesOrders(name) ? options.operator?.token : undefined },
        hosts,
        heartbeatKeys: name === 'monitor' ? keyring : emptyKeyring,
        toNode: (contract, id) => upstream(contract, client.toNode(id), random),
        ...(faults && { disk: faults.disk }),
        view: () => heartbeatSender.view(),
        newContext,
        watchRequest: stack.tracer?.watchRequests(name),
      };
      const it = await definition.create(environment);
      running.set(name, it);
      server.host({ contract: definition.contract, handlers: it.handlers });
    }
    const onRpc = httpServerTransport(server, {
      node: node.id,
      clock,
      random,
      log,
      ...(faults && { shape: faults.shape }),
      ...(identity && { callerOf: ({ socket }: IncomingMessage) => peerName(socket) }),
    });
    const receive = [...running.values()].find(({ datagrams }) => datagrams)?.datagrams;
    if (receive)
      inbound = await listenForHeartbeats(node, {
        bindHost,
        reusePort: sharesPorts(chaosEnabled),
        log,
        onMessage: heartbeatEntrance({
          receive,
          isOpen: listeners.isOpen,
          passage: faults?.passage,
        }),
      });
    await nodePorts.open(onRpc, running, (name) => upstream(components[name]!.contract, server.serve, random));
    connectionMetrics(metrics, { data: nodePorts.servers, ops: () => [ops], out: client.openConnections });
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

import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { monitor as monitorContract, type Heartbeat } from '../../services/monitor/contract.ts';
import { createDirectory } from '../membership/directory.ts';
import { chaosOffRoutes } from '../faults/chaos-off.ts';
import { createSightings } from '../membership/sightings.ts';
import { createLagMeter } from '../membership/lag.ts';
import { createSelfMeter } from '../membership/self.ts';
import { createWitness } from '../membership/witness.ts';
import { lagMetrics } from '../membership/lag-metrics.ts';
import { startHeart, type Heart } from '../membership/heartbeat.ts';
import { createMetrics, type Metrics } from '../observe/metrics.ts';
import { batchCodecs } from '../rpc/batched.ts';
import { createClient, type Client } from '../rpc/client.ts';
import type { Context } from '../rpc/context.ts';
import { clientMetrics } from '../rpc/client-metrics.ts';
import { createPolicyHolder, serverLayers } from '../rpc/policy.ts';
import type { InvariantViolation } from '../invariant.ts';
import type { Observe } from '../rpc/layers/events.ts';
import { failFast } from '../rpc/layers/fail-fast.ts';
import { createStatistics } from '../rpc/layers/statistics.ts';
import type { Watch } from '../rpc/layers/stats.ts';
import { createServer } from '../rpc/server.ts';
import { serverStats } from '../rpc/server-stats.ts';
import { newTrace } from '../rpc/trace.ts';
import { createLimitWatch, tunedOperations } from '../rpc/tuning.ts';
import { httpServerTransport } from '../rpc/transports/http-server.ts';
import { upstream } from '../rpc/upstream.ts';
import type { IdentitySource } from '../security/identity-source.ts';
import { emptyKeyring, type Keyring } from '../security/keyring.ts';
import { createNodeSecurity } from '../security/node-security.ts';
import { peerName } from '../security/tls.ts';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import type { Scheduler } from '../time/scheduler.ts';
import { createTimerWheel } from '../time/wheel.ts';
import type { Component, Environment, Running } from './component.ts';
import type { ControlClient } from './control-client.ts';
import { createDataPort } from './data-port.ts';
import { listenerSwitch, type ListenerSwitch, type ListenOptions } from './listener-switch.ts';
import { createOpsPort } from './ops-port.ts';
import { createPlace } from './place.ts';
import { furtherAddresses } from './routes.ts';
import { nodesHosting, type Topology, type TopologyNode } from './topology.ts';

export interface NodeOptions {
  readonly topology: Topology;
  readonly node: TopologyNode;
  readonly components: Readonly<Record<string, Component>>;
  readonly incarnation: number;
  readonly datasetDir: string;
  readonly stateDir?: string | undefined;
  /** Tells one life of the cluster from the next. */
  readonly clusterStartedAt?: string | undefined;
  /** The way to other control ports. */
  readonly control: ControlClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** Who sends it may change things on the ops port; undefined: nobody. */
  readonly operatorToken?: string | undefined;
  /** The address to listen on; the topology's host is what others call. */
  readonly bindHost: string;
  /** Ends this node at once, without another answer: something that must hold does not. */
  readonly crash?: (violation: InvariantViolation) => void;
  /** The keys that this node holds; none where absent: then nothing is signed, and no signature checked. */
  readonly keyring?: Keyring;
  /** Mutual TLS between nodes: what this one shows. */
  readonly identity?: IdentitySource | undefined;
  /** Faults may be injected. */
  readonly chaosEnabled?: boolean;
  /** A second process of a node that runs already (`byz.twin`): it shares the data ports, and has an ops port of its own. */
  readonly twin?: boolean;
}

export interface RunningNode {
  readonly opsPort: number;
  /** Drains and stops: no new requests, the ones under way are answered, then everything is released. Idempotent. */
  readonly stop: () => Promise<void>;
}

/** A heartbeat that takes longer than this is given up. */
const heartbeatTimeoutMs = 1_000;

/**
 * Hosts the components of one node. Assembles, listens, beats; resolves when the node is ready.
 *
 *   ops port up -> components created -> data ports up -> heartbeats say "ready"
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { topology, node, components, incarnation, datasetDir, random, scheduler, log, bindHost } = options;
  const { chaosEnabled = false, twin = false, identity } = options;
  const metrics = createMetrics({ node: node.id, topology: topology.name }, { process: true });
  const listeners = listenerSwitch(scheduler, log);
  const faults = chaosEnabled ? await nodeFaults(options, metrics, listeners) : undefined;
  const clock = faults?.clock ?? options.clock;
  const directory = createDirectory(topology, () => heart.view());
  const policy = createPolicyHolder(topology.policy);
  // How late the main loop runs is measured by the true clock: timers run on that one, too.
  const lag = createLagMeter(options.clock, scheduler);
  lagMetrics(metrics, lag);
  const { observe: count, watchAttempt: measure } = clientMetrics(metrics, log);
  const place = createPlace({
    node,
    setPhase: (phase) => heart.setPhase(phase),
    open: () => open(),
    onFailure(err) {
      log.fatal({ err }, 'the standby could not open');
      process.exit(70);
    },
  });
  const self = createSelfMeter(clock, lag);
  const sightings = createSightings(clock, lag.lostMs);
  const witness = createWitness(sightings);
  const limit = createLimitWatch();
  const statistics = createStatistics();
  const security = createNodeSecurity({
    node: node.id,
    incarnation,
    keyring: options.keyring ?? emptyKeyring,
    clock,
    nonce: () => randomBytes(16).toString('base64url'),
    observe: (event) => observe(event),
  });
  const observe: Observe = (event) => {
    count(event);
    limit.observe(event);
    security.observe(event);
    witness.observe(event);
  };
  const watchAttempt: Watch = (...attempt) => {
    measure(...attempt);
    witness.watchAttempt(...attempt);
  };
  const server = createServer(node.id, [
    ...(faults ? [faults.atEntry] : []),
    self.layer,
    place.layer,
    serverStats(metrics, clock),
    ...security.layers,
    ...(options.crash ? [failFast(options.crash)] : []),
    ...serverLayers(policy, { clock, lagMs: lag.lagMs, observe }),
    ...(faults ? [faults.atHandler] : []),
  ]);
  const client = createClient({
    node: node.id,
    hosted: node.components,
    serve: server.serve,
    directory,
    policy,
    clock,
    random,
    scheduler: createTimerWheel({ clock, scheduler }),
    observe,
    watchAttempt,
    statistics,
    checks: security.checks,
    receipts: security.receipts,
    codecs: batchCodecs(node.components.flatMap((name) => Object.values(components[name]!.calls))),
    identity: identity?.current,
    ...(faults && { atExit: faults.atExit }),
  });

  const newContext = (timeoutMs: number): Context => ({
    requestId: newTrace(random).traceId,
    trace: newTrace(random, false),
    deadlineAt: clock.now() + timeoutMs,
    signal: new AbortController().signal,
    priority: 'background',
    servedBy: [],
  });

  const heart: Heart = startHeart({
    node: node.id,
    incarnation,
    monitors: nodesHosting(topology, 'monitor').map(({ id }) => id),
    clock,
    scheduler,
    self: self.report,
    sightings: sightings.take,
    token: place.token,
    onView: place.follow,
    send: heartbeatSender(client.toNode, newContext),
  });

  const running = new Map<string, Running>();
  const opened: (HttpServer | FastifyInstance)[] = [];
  const ops = createOpsPort({
    metrics,
    policy,
    tuning: () => ({
      node: node.id,
      server: [limit.tuned(policy.current.admission)],
      calls: tunedOperations(statistics, policy, clock.now()),
    }),
    token: options.operatorToken,
    more: [...(faults?.routes ?? chaosOffRoutes), ...security.routes],
    ready: () => heart.phase() === 'ready',
    state: () => ({
      node: node.id,
      incarnation,
      phase: heart.phase(),
      policy: policy.current,
      lagMs: lag.lagMs(),
      view: heart.view(),
      components: Object.fromEntries([...running].map(([name, it]) => [name, it.state?.() ?? {}])),
    }),
  });

  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= release());

  async function release(): Promise<void> {
    place.leave();
    listeners.forget();
    faults?.registry.healAll('shutdown');
    heart.setPhase('draining');
    await Promise.all(opened.filter((it) => it !== ops).map(close));
    for (const it of running.values()) await it.stop?.();
    heart.stop();
    lag.stop();
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
          Object.entries(definition.calls).map(([callee, contract]) => [callee, upstream(contract, client.service, random)]),
        ),
        datasetDir,
        stateDir: options.stateDir,
        clusterStartedAt: options.clusterStartedAt ?? '',
        lag,
        ops: { control: options.control, token: options.operatorToken },
        toNode: (contract, id) => upstream(contract, client.toNode(id), random),
        ...(faults && { disk: faults.disk }),
        view: () => heart.view(),
        newContext,
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
      scheduler,
      ...(faults && { shape: faults.shape }),
      ...(identity && { callerOf: ({ socket }: IncomingMessage) => peerName(socket) }),
    });
    const openDataPort = async (address: ListenOptions): Promise<void> => {
      const port = identity ? (await import('./tls-port.ts')).createTlsPort(onRpc, identity) : createDataPort(onRpc);
      await listen(port, address);
      opened.push(port);
      listeners.add(port, address);
    };
    for (const [port, names] of portPlan(node)) {
      const onPort = port === node.port ? onRpc : undefined;
      const address = dataAddress(port, bindHost, chaosEnabled);
      const routes = names.map((name) => running.get(name)!.routes).filter((it) => it !== undefined);
      if (routes.length === 0) {
        if (onPort) await openDataPort(address);
        continue;
      }
      const { createDoor } = await import('./door.ts');
      const door = createDoor(log, onPort);
      for (const add of routes) await add(door);
      await door.listen(address);
      opened.push(door);
      listeners.add(door.server, address);
    }
    for (const { host, port } of furtherAddresses(node, bindHost)) await openDataPort(dataAddress(port, host, chaosEnabled));
  }

  try {
    const { port: opsPort } = await listen(ops, { port: twin ? 0 : node.opsPort, host: bindHost });
    opened.push(ops);
    await place.begin();
    return { stop, opsPort };
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
}

/** Loaded only where faults may come: a node that never breaks on purpose does not pay for it. */
async function nodeFaults({ node, components, clock, scheduler, log }: NodeOptions, metrics: Metrics, listener: ListenerSwitch) {
  const { createNodeFaults } = await import('../faults/node-faults.ts');
  const hasDisk = node.components.includes('database');
  const operations = node.components.flatMap((name) => Object.values(components[name]!.contract.operations));
  const serves = operations.some(({ priority }) => priority !== 'health');
  return createNodeFaults({ node: node.id, clock, scheduler, listener, serves, hasDisk, metrics, log });
}

/** A twin shares the ports of its node; where there can be none, a port that is taken is refused. */
function dataAddress(port: number, host: string, chaosEnabled: boolean): ListenOptions {
  return { port, host, ...(chaosEnabled && process.platform === 'linux' ? { reusePort: true } : {}) };
}

/** Which components' public routes go on which port: doors on their own, everything else on the data port, or with TLS beside it. */
function portPlan(node: TopologyNode): Map<number, string[]> {
  const plan = new Map<number, string[]>([[node.port, []]]);
  for (const name of node.components) {
    const port = node.doors[name] ?? node.publicPort;
    plan.set(port, [...(plan.get(port) ?? []), name]);
  }
  return plan;
}

function heartbeatSender(toNode: Client['toNode'], newContext: (timeoutMs: number) => Context) {
  return async function send(monitor: string, heartbeat: Heartbeat) {
    const { heartbeat: beat } = upstream(monitorContract, toNode(monitor), { next: () => 0.5 });
    const context = newContext(heartbeatTimeoutMs);
    const reply = await beat(heartbeat, context);
    return reply.view;
  };
}

async function listen(server: HttpServer, options: ListenOptions): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => resolve());
  });
  return server.address() as AddressInfo;
}

async function close(server: HttpServer | FastifyInstance): Promise<void> {
  if ('register' in server) return server.close();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

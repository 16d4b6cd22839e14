import type { AddressInfo } from 'node:net';
import type { Server as HttpServer } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { monitor as monitorContract, type Heartbeat } from '../../services/monitor/contract.ts';
import { createDirectory } from '../membership/directory.ts';
import { createLagMeter } from '../membership/lag.ts';
import { startHeart, type Heart } from '../membership/heartbeat.ts';
import { createMetrics } from '../observe/metrics.ts';
import { createClient, type Client } from '../rpc/client.ts';
import type { Context } from '../rpc/context.ts';
import { clientMetrics } from '../rpc/client-metrics.ts';
import { createPolicyHolder, serverLayers } from '../rpc/policy.ts';
import type { Observe } from '../rpc/layers/events.ts';
import { createStatistics } from '../rpc/layers/statistics.ts';
import { createServer } from '../rpc/server.ts';
import { serverStats } from '../rpc/server-stats.ts';
import { newTrace } from '../rpc/trace.ts';
import { createLimitWatch, tunedOperations } from '../rpc/tuning.ts';
import { httpServerTransport } from '../rpc/transports/http-server.ts';
import { upstream } from '../rpc/upstream.ts';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import type { Scheduler } from '../time/scheduler.ts';
import { createTimerWheel } from '../time/wheel.ts';
import type { Component, Environment, Running } from './component.ts';
import { createDataPort } from './data-port.ts';
import { createOpsPort } from './ops-port.ts';
import { nodesHosting, type Topology, type TopologyNode } from './topology.ts';

export interface NodeOptions {
  readonly topology: Topology;
  readonly node: TopologyNode;
  readonly components: Readonly<Record<string, Component>>;
  readonly incarnation: number;
  readonly datasetDir: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** Who sends it may change things on the ops port; undefined: nobody. */
  readonly operatorToken?: string | undefined;
  /** The address to listen on; the topology's host is what others call. */
  readonly bindHost: string;
}

export interface RunningNode {
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
  const { topology, node, components, incarnation, datasetDir, clock, random, scheduler, log, bindHost } = options;
  const metrics = createMetrics({ node: node.id, topology: topology.name }, { process: true });
  const directory = createDirectory(topology, () => heart.view());
  const policy = createPolicyHolder(topology.policy);
  const lag = createLagMeter(clock, scheduler);
  const { observe: count, watchAttempt } = clientMetrics(metrics, log);
  const limit = createLimitWatch();
  const statistics = createStatistics();
  const observe: Observe = (event) => {
    count(event);
    limit.observe(event);
  };
  const server = createServer(node.id, [
    serverStats(metrics, clock),
    ...serverLayers(policy, { clock, lagMs: lag.lagMs, observe }),
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
    send: heartbeatSender(client.toNode, newContext),
  });

  const running = new Map<string, Running>();
  const opened: (HttpServer | FastifyInstance)[] = [];
  const ops = createOpsPort({
    metrics,
    policy,
    tuning: () => ({ node: node.id, server: [limit.tuned()], calls: tunedOperations(statistics, policy, clock.now()) }),
    token: options.operatorToken,
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
    heart.setPhase('draining');
    await Promise.all(opened.filter((it) => it !== ops).map(close));
    for (const it of running.values()) await it.stop?.();
    heart.stop();
    lag.stop();
    await client.close();
    await close(ops);
  }

  try {
    await listen(ops, node.opsPort, bindHost);
    opened.push(ops);
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
        view: () => heart.view(),
        newContext,
      };
      const it = await definition.create(environment);
      running.set(name, it);
      server.host({ contract: definition.contract, handlers: it.handlers });
    }
    const onRpc = httpServerTransport(server, { node: node.id, clock, random, log });
    for (const [port, names] of portPlan(node)) {
      const onPort = port === node.port ? onRpc : undefined;
      const routes = names.map((name) => running.get(name)!.routes).filter((it) => it !== undefined);
      if (routes.length === 0) {
        const dataPort = createDataPort(onPort);
        await listen(dataPort, port, bindHost);
        opened.push(dataPort);
        continue;
      }
      const { createDoor } = await import('./door.ts');
      const door = createDoor(log, onPort);
      for (const add of routes) await add(door);
      await door.listen({ port, host: bindHost });
      opened.push(door);
    }
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
  heart.setPhase('ready');
  return { stop };
}

/** Which components' public routes go on which port: doors on their own, everything else on the data port. */
function portPlan(node: TopologyNode): Map<number, string[]> {
  const plan = new Map<number, string[]>([[node.port, []]]);
  for (const name of node.components) {
    const port = node.doors[name] ?? node.port;
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

async function listen(server: HttpServer, port: number, host: string): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
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

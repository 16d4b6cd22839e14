import { randomBytes } from 'node:crypto';
import type { Component } from './component.ts';
import { createDirectory } from './directory.ts';
import { createSelfMeter } from '../membership/self-report.ts';
import { createEvidenceBuffer } from '../membership/call-evidence.ts';
import { createEvidenceCollector } from '../membership/evidence-collector.ts';
import { batchCodecs } from '../rpc/batched.ts';
import type { Layer } from '../rpc/call.ts';
import { type Callee, calleeOf } from '../rpc/callees.ts';
import { createClient } from '../rpc/client.ts';
import { upstream } from '../rpc/upstream.ts';
import { createPeers } from '../rpc/layers/replicas/peers.ts';
import { createBudgets } from '../rpc/layers/retries/budget.ts';
import { middlewareGauges } from '../rpc/middleware-gauges.ts';
import { queueMetrics } from '../rpc/queue-metrics.ts';
import { clientMetrics } from '../rpc/client-metrics.ts';
import type { Observe } from '../rpc/layers/events.ts';
import { failFast } from '../rpc/layers/fail-fast.ts';
import { createStatistics } from '../rpc/layers/replicas/latency-statistics.ts';
import { createPolicyHolder } from '../rpc/policy.ts';
import { serverLayers } from '../rpc/server-layers.ts';
import { reportOf } from '../rpc/layers/station.ts';
import { createLoopQueue } from '../rpc/loop-queue.ts';
import { createServer } from '../rpc/server.ts';
import { serverStats } from '../rpc/server-stats.ts';
import { createLoadWatch, tunedOperations } from '../rpc/tuning.ts';
import { emptyKeyring } from '../security/keyring.ts';
import { createNodeSecurity } from '../integrity/node-integrity.ts';
import type { Station } from '../time/sim/station.ts';
import { traces, type KeptTrace } from '../trace/contract.ts';
import { createKeeper } from '../trace/keeper.ts';
import { createTracer } from '../trace/tracer.ts';
import { createTimerWheel } from '../time/wheel.ts';
import { startingPolicy } from './starting-policy.ts';
import { nodesHosting, type Topology } from './topology.ts';
import { voteProblem } from './vote-check.ts';
import type { NodeParts } from './node-options.ts';

/** The components that `callers` call. Each component is listed once, with the nodes that host it. */
function calleesOf(topology: Topology, callers: readonly Component[]): Callee[] {
  const contracts = new Map(
    callers.flatMap(({ calls }) => Object.values(calls)).map((contract) => [contract.component, contract]),
  );
  return [...contracts.values()].map((contract) => calleeOf(contract, nodesHosting(topology, contract.component)));
}

interface StackParts extends NodeParts {
  /** Refuses calls while another node holds this one's role. */
  readonly fence: Layer;
  /** The current topology: `tierlab apply` changes it. */
  readonly placement: () => Topology;
  /** The nodes to call before the first view; undefined: all nodes of the topology. */
  readonly ready: () => readonly string[] | undefined;
}

/** How long the node tries to hand a list of traces to the component `traces`, ms. Then the list is lost. */
const keepTimeoutMs = 2_000;

export type Stack = ReturnType<typeof createStack>;

/** The middleware of one node: the layers of every incoming and outgoing call, and their statistics. */
export function createStack(parts: StackParts) {
  const { options, clock, metrics, lag, faults, fence, view, placement, ready, newContext } = parts;
  const { topology, node, components, incarnation, random, scheduler, log, identity } = options;
  const policy = createPolicyHolder(startingPolicy(options.policy, topology.policy, log), (quorum) =>
    voteProblem(quorum, placement().nodes),
  );
  const peers = createPeers(clock);
  const budget = createBudgets(() => policy.current.budget);
  const hosted = node.components.map((name) => components[name]!.contract);
  const callees = calleesOf(
    topology,
    node.components.map((name) => components[name]!),
  );
  const counts = clientMetrics({ metrics, log, callees });
  const observeGauges = middlewareGauges(metrics, { clock, callees, peers, budget, policy });
  const queues = queueMetrics(metrics, { clock, hosted: node.components, policy });
  const queue = createLoopQueue(options.clock);
  const self = createSelfMeter(clock, lag);
  const evidence = createEvidenceBuffer(clock, lag.lostMs);
  const collector = createEvidenceCollector(evidence);
  const load = createLoadWatch();
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
    counts.observe(event);
    observeGauges(event);
    queues.observe(event);
    load.observe(event);
    security.observe(event);
    collector.observe(event);
  };
  let station: Station | undefined;
  const traceNodes = nodesHosting(topology, 'traces');
  // Without the component `traces`, nobody would read the spans.
  const tracer =
    traceNodes.length > 0
      ? createTracer({
          node: node.id,
          policy,
          clock,
          metrics,
          keeper: createKeeper({ clock, random, scheduler, metrics, keep: (list) => keepTraces(list) }),
        })
      : undefined;
  const layers = [
    serverLayers(
      policy,
      {
        clock,
        scheduler,
        queue,
        observe,
        watchServed: tracer?.watchServed,
        onStation: (open) => void (station = open),
      },
      {
        faultsAtEntry: faults?.atEntry,
        selfMeter: self.layer,
        fence,
        serverStats: serverStats(metrics, clock, hosted, (call) => queues.waited(call, queue.waitMs())),
        receipts: security.receiptLayer,
        failFast: options.crash && failFast(options.crash),
        faultsAtHandler: faults?.atHandler,
      },
    ),
  ];
  const holding = node.shard === undefined ? undefined : { shard: node.shard, shards: topology.shards };
  const server = createServer(node.id, layers, holding);
  const client = createClient({
    node: node.id,
    isHosted: (component, shard) =>
      node.components.includes(component) && (shard === undefined || node.shard === undefined || node.shard === shard),
    serve: server.serve,
    directory: createDirectory(placement, view, ready),
    policy,
    clock,
    random,
    scheduler: createTimerWheel({ clock, scheduler }),
    observe,
    watchCall(call, code, elapsedMs, maskedBy) {
      tracer?.watchCall(call, code, elapsedMs, maskedBy);
      counts.watchCall(call, code, elapsedMs, maskedBy);
    },
    watchAttempt(end) {
      tracer?.watchAttempt(end);
      counts.watchAttempt(end);
      collector.watchAttempt(end);
    },
    tally: counts.tally,
    peers,
    statistics,
    budget,
    checks: security.checks,
    receipts: security.receipts,
    codecs: batchCodecs(node.components.flatMap((name) => Object.values(components[name]!.calls))),
    identity: identity?.current,
    ...(faults && { atExit: faults.atExit }),
  });
  const collectors = traceNodes.map(({ id }) => upstream(traces, client.toNode(id), random));
  const keepTraces = (list: readonly KeptTrace[]) =>
    Promise.all(collectors.map((it) => it.keep({ node: node.id, traces: [...list] }, newContext(keepTimeoutMs))));
  return {
    server,
    client,
    tracer,
    policy,
    security,
    self,
    evidence,
    /** The station in force, if the policy has one. */
    station: () => (policy.current.station === false ? undefined : reportOf(station)),
    /** The settings that the middleware chose by itself, and why. */
    tuning: () => ({
      node: node.id,
      server: [load.tuned(policy.current.admission)],
      calls: tunedOperations(statistics, policy, clock.now()),
    }),
  };
}

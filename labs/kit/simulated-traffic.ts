import Type, { type Static } from 'typebox';
import { createEvidenceBuffer } from '../../shared/membership/call-evidence.ts';
import { createEvidenceCollector } from '../../shared/membership/evidence-collector.ts';
import { createSelfMeter } from '../../shared/membership/self-report.ts';
import { compose, type Call, type Service } from '../../shared/rpc/call.ts';
import { contract, operation } from '../../shared/rpc/contract.ts';
import { clientLayers } from '../../shared/rpc/client-layers.ts';
import { createPolicyHolder, type PolicyFile } from '../../shared/rpc/policy.ts';
import { serverLayers } from '../../shared/rpc/server-layers.ts';
import { createSimHosts, type SimHosts } from '../../shared/rpc/transports/sim.ts';
import { exponential } from '../../shared/time/sim/distribution.ts';
import { createStation, type Station } from '../../shared/time/sim/station.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';

const Search = Type.Object({ isBad: Type.Boolean() });
const { operations } = contract('any', {
  search: operation({ summary: 'a search', request: Search, response: Type.Object({}) }),
});

/** Work units of 1 ms that a warm process needs for one call, and how many more a cold one needs for its first. */
const warmUnits = 4;
const coldUnits = 40;
/** Calls after which a process is two thirds warm. */
const warmingCalls = 25;

export interface SimulatedTraffic {
  readonly hosts: SimHosts;
  /** The processor that all nodes share: two cores. */
  readonly processor: Station;
  /** ms that each call of a node takes longer from now on. */
  limp(node: string, ms: number): void;
  /** The node answers wrongly from now on. Liars give the same wrong answer. */
  lie(node: string): void;
  /** The replies of the node do not fit their schema from now on. */
  garble(node: string): void;
  /** How the calls that ended so far came out: `ok`, or the code of the error. */
  readonly ends: Record<string, number>;
}

interface TrafficOptions {
  readonly callers: readonly string[];
  readonly component: string;
  readonly ratePerSecond: number;
  readonly policy?: PolicyFile;
  /** The share of the requests that no node can answer: each node's reply does not fit its schema. */
  readonly badShare?: number;
}

/**
 * Real middleware between the nodes of a simulated cluster: the callers' evidence and the nodes' reports about
 * themselves reach the monitors. Each caller searches at `component` with `ratePerSecond` from the first moment on,
 * when every process is cold.
 */
export function startTraffic(
  cluster: SimulatedCluster,
  { callers, component, ratePerSecond, policy: file = 'resilient', badShare = 0 }: TrafficOptions,
): SimulatedTraffic {
  const { clock, scheduler, random } = cluster.sim;
  const hosts = createSimHosts({ clock, network: cluster.network });
  const processor = createStation({ clock, scheduler, random, workers: 2, serviceTime: exponential(1) });
  const extraMs = new Map<string, number>();
  const liars = new Set<string>();
  const garbling = new Set<string>();
  const policy = createPolicyHolder(file);
  const idle = { lagMs: () => 0, ownLagMs: () => 0 };
  const nodes = cluster.topology.nodes.filter(({ components }) => components.includes(component));

  for (const { id } of nodes) {
    let served = 0;
    const meter = createSelfMeter(clock, idle);
    const handler: Service = async ({ request }) => {
      const units = warmUnits + Math.round(coldUnits * Math.exp(-served++ / warmingCalls));
      for (let unit = 0; unit < units; unit++) await processor.work();
      const ms = extraMs.get(id) ?? 0;
      if (ms > 0) await new Promise<void>((resolve) => scheduler.after(ms, resolve));
      if (garbling.has(id) || (request as Static<typeof Search>).isBad) return { body: 'garbled', servedBy: [id] };
      return { body: { answer: liars.has(id) ? 'wrong' : 'right' }, servedBy: [id] };
    };
    // Servers refuse nothing here, because these tests are about slow answers.
    hosts.host(id, compose([meter.layer, serverLayers(createPolicyHolder('naive'), { clock, scheduler })], handler));
    cluster.connect(id, { self: meter.report });
  }

  const endpoints = nodes.map(({ id }) => ({ node: id, host: '', port: 0 }));
  const ends: Record<string, number> = {};
  let ids = 0;
  function startCaller(caller: string): void {
    const buffer = createEvidenceBuffer(clock);
    const collector = createEvidenceCollector(buffer);
    // Only the nodes that the caller's view calls alive, as in a live node. `usable` stays the same array until other
    // nodes are alive.
    let usable = endpoints;
    const alive = () => {
      const states = new Map(cluster.viewOf(caller)?.members.map(({ node, state }) => [node, state]));
      const now = endpoints.filter(({ node }) => states.get(node) === 'alive');
      if (now.length > 0 && now.map(({ node }) => node).join() !== usable.map(({ node }) => node).join()) usable = now;
      return usable;
    };
    const layers = clientLayers(policy, {
      clock,
      random,
      scheduler,
      endpoints: alive,
      observe: collector.observe,
      watchAttempt: collector.watchAttempt,
    });
    const service = compose(layers, hosts.transport(caller));
    cluster.connect(caller, { evidence: buffer.take });

    const send = () => {
      const call: Call = {
        component,
        operation: operations.search,
        request: { isBad: random.next() < badShare },
        requestId: String(++ids),
        trace: { traceId: '', spanId: '', sampled: false },
        deadlineAt: clock.now() + 10_000,
        signal: new AbortController().signal,
        attempt: 1,
        priority: 'read',
      };
      const end = (code: string) => void (ends[code] = (ends[code] ?? 0) + 1);
      service(call).then(
        () => end('ok'),
        ({ code }: { code: string }) => end(code),
      );
      scheduler.after((-Math.log(1 - random.next()) * 1_000) / ratePerSecond, send);
    };
    scheduler.after(0, send);
  }
  for (const caller of callers) startCaller(caller);
  return {
    hosts,
    processor,
    limp: (node, ms) => void extraMs.set(node, ms),
    lie: (node) => void liars.add(node),
    garble: (node) => void garbling.add(node),
    ends,
  };
}

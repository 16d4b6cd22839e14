import { expect, test } from 'vitest';
import { seen } from './scenario.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../../labs/kit/simulated-cluster.ts';
import { startTraffic } from '../../../labs/kit/simulated-traffic.ts';

/** All calls of the two app servers come from one gateway. */
const oneCaller = [
  { name: 'monitor', components: ['monitor'], replicas: 2 },
  { name: 'app', components: ['app'], replicas: 2 },
  { name: 'gateway', components: ['gateway'], replicas: 2 },
];

test('a cold cluster under load, while other work takes the processor in bursts: nobody is accused', async () => {
  const verdicts: string[] = [];
  for (let seed = 0; seed < 12; seed++) {
    const cluster = createSimulatedCluster(seed, oneCaller);
    const { scheduler, random } = cluster.sim;
    await cluster.sim.run(2_000);
    const { processor } = startTraffic(cluster, { callers: ['gateway-1'], component: 'app', ratePerSecond: 100 });
    const burst = () => {
      processor.setSlowness(2 + 2 * random.next());
      scheduler.after(1_000 + 2_000 * random.next(), () => {
        processor.setSlowness(1);
        scheduler.after(1_000 + 4_000 * random.next(), burst);
      });
    };
    scheduler.after(500, burst);
    await cluster.sim.run(45_000);
    verdicts.push(...cluster.log.map((line) => `seed ${seed}: ${line}`));
  }
  expect(verdicts).toEqual([]);
});

test('an app server that limps is named by its only caller and its own report, and repaired', async () => {
  const delays: number[] = [];
  for (let seed = 0; seed < 6; seed++) {
    const cluster = createSimulatedCluster(seed, oneCaller);
    await cluster.sim.run(2_000);
    const { limp } = startTraffic(cluster, { callers: ['gateway-1'], component: 'app', ratePerSecond: 60 });
    await cluster.sim.run(30_000);
    limp('app-1', 600);
    await cluster.sim.run(60_000);
    const [first] = cluster.verdicts;
    expect([seed, first?.node, first?.verdict]).toEqual([seed, 'app-1', 'limping']);
    delays.push(first!.at - 30_000);
    expect(cluster.verdicts.filter(({ node }) => node !== 'app-1')).toEqual([]);
  }
  expect(Math.max(...delays)).toBeLessThan(10_000);
});

test('a gateway is not blamed for the app servers that were killed behind it, even after their restart', async () => {
  const cluster = createSimulatedCluster(1, [
    { name: 'monitor', components: ['monitor'], replicas: 2 },
    { name: 'app', components: ['app'], replicas: 2 },
    { name: 'gateway', components: ['gateway'], replicas: 2 },
    { name: 'client', components: ['client'], replicas: 2 },
  ]);
  await cluster.sim.run(20_000);
  const lost = { ok: 0, timeouts: 6 };
  // The calls reach the gateway, which holds them for a second each.
  let calls = 0;
  const self = () => ({
    lagMs: 0,
    ownLagMs: 0,
    received: (calls += 24),
    answered: 0,
    ended: calls,
    timed: calls,
    busyMs: calls * 1_000,
  });
  cluster.connect('gateway-1', { self });
  const report = async (untilMs: number) => {
    while (cluster.sim.clock.now() < untilMs) {
      cluster.sees('gateway-1', ...['app-1', 'app-2'].map((node) => seen(node, { group: 'app', ...lost })));
      for (const client of ['client-1', 'client-2'])
        cluster.sees(client, seen('gateway-1', { group: 'gateway', ...lost, timeouts: 12 }));
      await cluster.sim.run(cluster.sim.clock.now() + 500);
    }
  };
  await report(20_500);
  for (const node of ['app-1', 'app-2']) cluster.kill(node);
  await report(21_000);
  await cluster.sim.run(40_000);
  expect(cluster.verdicts.map(({ node }) => node).filter((node) => !node.startsWith('app'))).toEqual([]);
});

test.each([
  ['an app server that gets nearly all calls, and so answers late, is not blamed', 130, []],
  ['an app server that answers late without having more calls than its peer is named', 8, ['app-1']],
])('%s', async (_, callsPerBeat, named) => {
  const cluster = createSimulatedCluster(1, oneCaller);
  await serving(cluster, { 'app-1': { calls: callsPerBeat, ms: 150 }, 'app-2': { calls: 8, ms: 13 } });
  expect([...new Set(cluster.verdicts.map(({ node }) => node))]).toEqual(named);
});

test.each([
  ['one app server', 1],
  ['one of two app servers', 2],
])('%s that limps is named, although a standby without calls is its peer', async (_, replicas) => {
  const cluster = createSimulatedCluster(1, [
    { name: 'monitor', components: ['monitor'], replicas: 2 },
    { name: 'app', components: ['app'], replicas, standbys: { hot: 1 } },
    { name: 'gateway', components: ['gateway'], replicas: 2 },
  ]);
  const idle = { calls: 0, ms: 0 };
  const second = replicas === 1 ? idle : { calls: 8, ms: 13 };
  await serving(cluster, { 'app-1': { calls: 8, ms: 2_000, timeouts: 8 }, 'app-2': second, 'app-3': idle }, 2);
  expect([...new Set(cluster.verdicts.map(({ node }) => node))]).toEqual(['app-1']);
});

interface Load {
  /** Calls that the node answers between two heartbeats; the time for each, ms; calls that run into their deadline. */
  readonly calls: number;
  readonly ms: number;
  readonly timeouts?: number;
}

/** Until second 20, the nodes report about themselves, and so many gateways about them. */
async function serving(cluster: SimulatedCluster, loads: Readonly<Record<string, Load>>, gateways = 1): Promise<void> {
  const known = Object.entries(loads).filter(([node]) => cluster.topology.nodes.some(({ id }) => id === node));
  for (const [node, { calls, ms, timeouts = 0 }] of known) {
    let [answered, received] = [0, 0];
    const self = () => ({
      lagMs: 0,
      ownLagMs: 0,
      received: (received += calls + timeouts),
      answered: (answered += calls),
      ended: received,
      timed: answered,
      busyMs: answered * ms,
    });
    cluster.connect(node, { self });
  }
  await cluster.sim.run(2_000);
  while (cluster.sim.clock.now() < 20_000) {
    for (const [node, { calls, ms, timeouts = 0 }] of known.filter(([, load]) => load.calls > 0))
      for (let i = 1; i <= gateways; i++)
        cluster.sees(`gateway-${i}`, seen(node, { group: 'app', ok: calls, medianMs: ms, timeouts }));
    await cluster.sim.run(cluster.sim.clock.now() + 500);
  }
}

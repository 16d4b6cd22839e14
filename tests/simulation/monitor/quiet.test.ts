import { expect, test } from 'vitest';
import { seen } from './scenario.ts';
import { createSimulatedCluster } from '../../../labs/kit/simulated-cluster.ts';
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
  const loads = { 'app-1': { calls: callsPerBeat, ms: 150 }, 'app-2': { calls: 8, ms: 13 } };
  for (const [node, { calls, ms }] of Object.entries(loads)) {
    let ended = 0;
    const self = () => ({
      lagMs: 0,
      ownLagMs: 0,
      received: (ended += calls),
      answered: ended,
      ended,
      timed: ended,
      busyMs: ended * ms,
    });
    cluster.connect(node, { self });
  }
  await cluster.sim.run(2_000);
  while (cluster.sim.clock.now() < 20_000) {
    for (const [node, { calls, ms }] of Object.entries(loads))
      cluster.sees('gateway-1', seen(node, { group: 'app', ok: calls, medianMs: ms }));
    await cluster.sim.run(cluster.sim.clock.now() + 500);
  }
  expect([...new Set(cluster.verdicts.map(({ node }) => node))]).toEqual(named);
});

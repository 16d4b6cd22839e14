import { expect, test } from 'vitest';
import { createSimulatedCluster } from './simulated-cluster.ts';
import { startTraffic } from './traffic.ts';

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

test('a replica that limps on and off is named by two callers under light load', async () => {
  const twoCallers = [
    { name: 'monitor', components: ['monitor'], replicas: 2 },
    { name: 'query', components: ['query'], replicas: 2 },
    { name: 'app', components: ['app'], replicas: 2 },
  ];
  const first: string[] = [];
  for (let seed = 0; seed < 10; seed++) {
    const cluster = createSimulatedCluster(seed, twoCallers);
    await cluster.sim.run(2_000);
    const { limp } = startTraffic(cluster, { callers: ['app-1', 'app-2'], component: 'query', ratePerSecond: 8 });
    await cluster.sim.run(30_000);
    let isOn = false;
    const turn = () => {
      limp('query-2', (isOn = !isOn) ? 600 : 0);
      cluster.sim.scheduler.after(1_500, turn);
    };
    turn();
    await cluster.sim.run(45_000);
    first.push(...cluster.log.slice(0, 1));
    if (cluster.log.length === 0) first.push('nothing');
  }
  expect(first).toEqual([]);
});

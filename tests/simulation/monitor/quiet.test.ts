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

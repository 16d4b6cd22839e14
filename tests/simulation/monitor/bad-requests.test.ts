import { expect, test } from 'vitest';
import { createSimulatedCluster } from '../../../labs/kit/simulated-cluster.ts';
import { startTraffic } from '../../../labs/kit/simulated-traffic.ts';
import { small, pair } from './scenario.ts';

const callers = ['app-1', 'app-2'];
const alone = small.map((tier) => (tier.name === 'ranking' ? { ...tier, replicas: 1 } : tier));
const accusedIn = ({ verdicts }: { verdicts: readonly { node: string; verdict: string }[] }) =>
  verdicts.map(({ node, verdict }) => `${node} ${verdict}`);

test.each<{ input: string; badShare: number; ratePerSecond: number; nodes: typeof small; seed: number }>([
  { input: 'one request in ten', badShare: 0.1, ratePerSecond: 20, nodes: small, seed: 1 },
  { input: 'every third request', badShare: 0.33, ratePerSecond: 50, nodes: small, seed: 2 },
  { input: 'one request in a hundred of many', badShare: 0.01, ratePerSecond: 100, nodes: small, seed: 3 },
  { input: 'nearly every request of few', badShare: 0.9, ratePerSecond: 1, nodes: small, seed: 4 },
  { input: 'one request in ten, of a pair of replicas', badShare: 0.1, ratePerSecond: 20, nodes: pair, seed: 5 },
  {
    input: 'the same request over and over, of the only replica',
    badShare: 0.2,
    ratePerSecond: 20,
    nodes: alone,
    seed: 6,
  },
])(
  'R1 $input that every replica answers badly: nobody is accused',
  async ({ badShare, ratePerSecond, nodes, seed }) => {
    const cluster = createSimulatedCluster(seed, nodes);
    await cluster.sim.run(5_000);
    startTraffic(cluster, { callers, component: 'ranking', ratePerSecond, badShare });
    await cluster.sim.run(60_000);
    expect(accusedIn(cluster)).toEqual([]);
    expect(cluster.restarts).toEqual([]);
  },
);

test.each([
  { input: 'alone', badShare: 0, nodes: small },
  { input: 'beside bad requests', badShare: 0.1, nodes: small },
  { input: 'of a pair', badShare: 0, nodes: pair },
])('R1 one replica whose replies are garbled is named within 2 s: $input', async ({ badShare, nodes }) => {
  const cluster = createSimulatedCluster(7, nodes);
  await cluster.sim.run(5_000);
  const { garble } = startTraffic(cluster, { callers, component: 'ranking', ratePerSecond: 20, badShare });
  await cluster.sim.run(15_000);
  garble('ranking-1');
  await cluster.sim.run(17_000);
  expect(new Set(accusedIn(cluster))).toEqual(new Set(['ranking-1 lying']));
});

test.each([
  { badShare: 0.6, ratePerSecond: 50 },
  { badShare: 0.8, ratePerSecond: 50 },
])('R1 $badShare of the requests are bad: the others are answered', async ({ badShare, ratePerSecond }) => {
  const cluster = createSimulatedCluster(8, small);
  await cluster.sim.run(5_000);
  const { ends } = startTraffic(cluster, { callers, component: 'ranking', ratePerSecond, badShare });
  await cluster.sim.run(30_000);
  const all = Object.values(ends).reduce((sum, n) => sum + n, 0);
  expect(ends['ok']).toBeGreaterThan(0.9 * (1 - badShare) * all);
});

import { expect, test } from 'vitest';
import { seen, pair } from './scenario.ts';
import { createSimulatedCluster } from '../../../labs/kit/simulated-cluster.ts';

test('two monitors that learn of two liars of a pair in opposite order never take both out', async () => {
  const bothOut: string[] = [];
  let orders = 0;
  for (let seed = 0; seed < 60; seed++) {
    const cluster = createSimulatedCluster(seed, pair);
    await cluster.sim.run(20_000 + seed * 29);
    const until = async (ms: number) => {
      const end = cluster.sim.clock.now() + ms;
      while (cluster.sim.clock.now() < end) {
        await cluster.sim.run(cluster.sim.clock.now() + 25);
        for (const [name, { view }] of cluster.monitors) {
          const states = view().members.flatMap(({ node, state }) => (node.startsWith('ranking') ? state : []));
          if (!states.includes('alive')) bothOut.push(`seed ${seed}: ${name} sees ${states.join()}`);
        }
      }
    };
    // The first report of each liar reaches one monitor only.
    cluster.network.block('app-1', 'monitor-2');
    cluster.network.block('app-2', 'monitor-1');
    cluster.sees('app-1', seen('ranking-1', { lostVotes: 3 }));
    cluster.sees('app-2', seen('ranking-2', { lostVotes: 3 }));
    await until(500);
    cluster.network.heal();
    cluster.sees('app-1', seen('ranking-1', { lostVotes: 3 }));
    cluster.sees('app-2', seen('ranking-2', { lostVotes: 3 }));
    await until(4_000);
    orders += cluster.log.filter((line) => line.includes('orders quarantine')).length;
  }
  expect(orders).toBeGreaterThan(0);
  expect(bothOut.slice(0, 5)).toEqual([]);
});

import { expect, test } from 'vitest';
import { reporting, seen, small, cutOff } from './scenario.ts';
import { createSimulatedCluster } from '../../../labs/kit/simulated-cluster.ts';

test('a node that is killed while it recovers has failed twice, for both monitors', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const cluster = createSimulatedCluster(seed, small);
    await cluster.sim.run(20_000 + seed * 37);
    cluster.hang('ranking-1');
    // Restarted and serving: fixed, but not steady yet.
    while (!cluster.incidents.some(({ incident }) => incident.orders.length > 0))
      await cluster.sim.run(cluster.sim.clock.now() + 100);
    await cluster.sim.run(cluster.sim.clock.now() + 1_600);
    cluster.kill('ranking-1');
    await cluster.sim.run(40_000);
    for (const monitor of ['monitor-1', 'monitor-2']) {
      const over = cluster.incidents.flatMap((it) =>
        it.monitor === monitor && it.incident.outcome !== 'open' ? it.incident : [],
      );
      expect([seed, ...over.map(({ verdict, outcome }) => `${verdict} ${outcome}`)]).toEqual([
        seed,
        'hung repaired',
        'crashed repaired',
      ]);
      expect(over[1]!.stamps.manifest).toBeGreaterThanOrEqual(over[0]!.stamps.fix!);
    }
  }
});

test('a node that callers avoided while it was unreachable is not limping afterwards', async () => {
  const cluster = createSimulatedCluster(9, small);
  await cluster.sim.run(20_000);
  cutOff(cluster, 'ranking-1');
  const lost = seen('ranking-1', { ok: 0, unanswered: 6, ejected: 1 });
  delete lost.medianMs;
  await reporting(cluster, 22_500, [lost, seen('ranking-2', {}), seen('ranking-3', {})]);
  cluster.network.heal();
  const rare = seen('ranking-1', { ok: 1, medianMs: 3, fastestMs: 3 });
  await reporting(cluster, 32_000, [rare, seen('ranking-2', {}), seen('ranking-3', {})]);
  expect([...new Set(cluster.verdicts.map(({ node, verdict }) => `${node} ${verdict}`))]).toEqual([
    'ranking-1 partitioned',
    'ranking-1 healthy',
  ]);
  expect(cluster.restarts).toEqual([]);
});

test('a monitor that is restarted in the middle of an incident goes on with it', async () => {
  for (const brought of ['killed', 'cut off'] as const) {
    const cluster = createSimulatedCluster(10, small);
    await cluster.sim.run(20_000);
    if (brought === 'killed') cluster.kill('ranking-1', { held: true });
    else cutOff(cluster, 'ranking-1');
    await cluster.sim.run(30_000);
    cluster.kill('monitor-2');
    await cluster.sim.run(50_000);
    if (brought === 'killed') cluster.release('ranking-1');
    else cluster.network.heal();
    await cluster.sim.run(70_000);
    for (const monitor of ['monitor-1', 'monitor-2']) {
      const [incident, ...more] = cluster.incidentsOf(monitor).filter(({ node }) => node === 'ranking-1');
      expect([brought, monitor, more]).toEqual([brought, monitor, []]);
      expect(incident).toMatchObject({ verdict: brought === 'killed' ? 'crashed' : 'partitioned' });
      expect(incident!.outcome).not.toBe('open');
      expect(incident!.stamps.fix! - incident!.stamps.manifest).toBeGreaterThan(29_000);
    }
  }
});

test('an order of minutes ago does not belong to a later incident, even for a restarted monitor', async () => {
  const cluster = createSimulatedCluster(11, small);
  await cluster.sim.run(20_000);
  cluster.hang('ranking-1');
  await cluster.sim.run(200_000);
  cutOff(cluster, 'ranking-1');
  await cluster.sim.run(204_000);
  cluster.kill('monitor-2');
  await cluster.sim.run(210_000);
  cluster.network.heal();
  await cluster.sim.run(230_000);
  for (const monitor of ['monitor-1', 'monitor-2'])
    expect(cluster.incidentsOf(monitor).findLast(({ node }) => node === 'ranking-1')).toMatchObject({
      verdict: 'partitioned',
      outcome: 'passed',
      orders: [],
    });
});

test('a refused order is not the repair of another monitor', async () => {
  for (let seed = 0; seed < 10; seed++) {
    const cluster = createSimulatedCluster(seed, small);
    await cluster.sim.run(20_000 + seed * 61);
    cluster.kill('ranking-1', { held: true });
    cluster.stall('monitor-2', 700);
    await cluster.sim.run(30_000);
    const booked = ['monitor-1', 'monitor-2'].flatMap((monitor) =>
      cluster.incidentsOf(monitor).flatMap(({ orders }) => orders),
    );
    expect(booked.filter(({ result }) => result !== 'refused')).toEqual([]);
  }
});

import { expect, test } from 'vitest';
import { nearestRank } from '../../../shared/quantile.ts';
import { repairTimes } from '../../../services/monitor/incident.ts';
import { transcript } from '../transcript.ts';
import { reporting, seen, small, stateOf, cutOff } from './scenario.ts';
import { createSimulatedCluster } from '../../../labs/kit/simulated-cluster.ts';

/** As the default topology: 21 nodes. */
const multitier = [
  { name: 'monitor', components: ['monitor'], replicas: 2 },
  { name: 'database', components: ['database'], shards: 2, replicas: 3 },
  { name: 'query', components: ['query'], replicas: 2 },
  { name: 'ranking', components: ['ranking'], replicas: 3 },
  { name: 'html', components: ['html'], replicas: 2 },
  { name: 'app', components: ['app'], replicas: 6 },
];

test.each([
  ['kill', 'crashed', 1_000],
  ['hang', 'hung', 2_000],
] as const)(
  'after %s a node is called %s within %d ms by both monitors, and is back',
  async (how, verdict, boundMs) => {
    const delays: number[] = [];
    for (let seed = 0; seed < 40; seed++) {
      const cluster = createSimulatedCluster(seed, small);
      const at = 20_000 + cluster.sim.random.next() * 500;
      await cluster.sim.run(at);
      // A machine that is gone stays silent: the hardest kind to see, because nobody restarts it.
      if (how === 'kill') cluster.kill('ranking-2', { held: true });
      else cluster.hang('ranking-2');
      await cluster.sim.run(at + 5_000);
      const first = cluster.verdicts.filter(({ node, at: when }) => node === 'ranking-2' && when > at);
      expect(
        first
          .slice(0, 2)
          .map((it) => `${it.monitor} ${it.verdict}`)
          .sort(),
      ).toEqual([`monitor-1 ${verdict}`, `monitor-2 ${verdict}`]);
      for (const { at: when } of first.slice(0, 2)) delays.push(when - at);
      expect(cluster.verdicts.filter(({ node }) => node !== 'ranking-2')).toEqual([]);
      if (how === 'kill') cluster.release('ranking-2');
      await cluster.sim.run(at + 15_000);
      expect(stateOf(cluster, 'ranking-2')).toBe('alive');
      const over = cluster.incidents.filter(({ incident }) => incident.outcome !== 'open');
      expect(over.map(({ incident }) => incident.verdict)).toEqual([verdict, verdict]);
    }
    const lines = transcript(`monitor-${how}`, `From ${how} to the verdict "${verdict}", ms, 40 runs, two monitors`);
    lines.row('median', nearestRank(delays, 0.5));
    lines.row('p95', nearestRank(delays, 0.95));
    lines.row('slowest', nearestRank(delays, 1));
    lines.save();
    expect(nearestRank(delays, 0.95)).toBeLessThan(boundMs);
  },
);

test('a crash that ends before any suspicion is a crash, repaired by the watchdog', async () => {
  const cluster = createSimulatedCluster(1, small);
  await cluster.sim.run(20_000);
  cluster.kill('ranking-1');
  await cluster.sim.run(30_000);
  const over = cluster.incidents.findLast(({ monitor }) => monitor === 'monitor-2')!.incident;
  expect(over).toMatchObject({ node: 'ranking-1', verdict: 'crashed', outcome: 'repaired' });
  expect(repairTimes(over.stamps).repairMs).toBeGreaterThan(0);
  expect(cluster.restarts).toEqual([]);
});

test('the new process of a node is not restarted for the death of the one before', async () => {
  for (let seed = 0; seed < 140; seed++) {
    const cluster = createSimulatedCluster(seed, small, {
      loadMs: 1 + (seed % 20) * 3,
      controlMs: 5 + (seed % 7) * 20,
    });
    await cluster.sim.run(20_000 + cluster.sim.random.next() * 1_000);
    cluster.kill('ranking-1');
    for (const caller of ['app-1', 'app-2']) cluster.sees(caller, seen('ranking-1', { ok: 0, refused: 3 }));
    await cluster.sim.run(30_000);
    expect([seed, ...cluster.restarts]).toEqual([seed]);
  }
});

test('two monitors order the restart of a hung node; it is restarted once, and both name the fault', async () => {
  const cluster = createSimulatedCluster(2, small);
  await cluster.sim.run(20_000);
  cluster.hang('ranking-3');
  await cluster.sim.run(40_000);
  expect(cluster.restarts).toEqual(['ranking-3']);
  const orders = cluster.log.filter((line) => line.includes('orders'));
  expect(orders.map((line) => line.replace(/^\S+ /, '')).sort()).toEqual([
    'monitor-1 orders restart ranking-3: done',
    'monitor-2 orders restart ranking-3: already',
  ]);
  expect(cluster.verdicts.map(({ verdict }) => verdict)).toEqual(['hung', 'hung', 'healthy', 'healthy']);
});

test(
  'an hour without faults, while processors are burnt elsewhere: no verdict about anybody',
  { timeout: 120_000 },
  async () => {
    const cluster = createSimulatedCluster('hour', multitier);
    const { sim } = cluster;
    const nodes = cluster.topology.nodes.map(({ id }) => id);
    // Every process sometimes stands still, some for long, and sometimes all at once.
    const burn = () => {
      const everybody = sim.random.next() < 0.02;
      const ms = -Math.log(1 - sim.random.next()) * (everybody ? 150 : 80);
      for (const node of everybody ? nodes : [nodes[Math.floor(sim.random.next() * nodes.length)]!])
        cluster.stall(node, Math.min(ms, 900));
      sim.scheduler.after(-Math.log(1 - sim.random.next()) * 100, burn);
    };
    burn();
    await sim.run(3_600_000);
    const doubts = cluster.incidents.filter(({ incident }) => incident.outcome === 'doubt').length;
    const lines = transcript(
      'monitor-false-alarms',
      'One hour, 21 nodes, no fault, every process stalls every 2 s on average (mean 80 ms, up to 900 ms)',
    );
    lines.row('verdicts', cluster.verdicts.length);
    lines.row('repair orders', cluster.log.filter((line) => line.includes('orders')).length);
    lines.row('doubts that came to nothing', doubts);
    lines.save();
    expect(cluster.log).toEqual([]);
  },
);

test('a monitor that is cut off accuses nobody, and nodes follow the other one', async () => {
  const cluster = createSimulatedCluster(3, small);
  await cluster.sim.run(20_000);
  cutOff(cluster, 'monitor-1');
  await cluster.sim.run(40_000);
  expect(cluster.log.filter((line) => line.includes('orders'))).toEqual([]);
  expect(
    cluster.verdicts.filter(
      ({ monitor, verdict }) => monitor === 'monitor-1' && (verdict === 'crashed' || verdict === 'hung'),
    ),
  ).toEqual([]);
  expect(cluster.viewOf('app-1')?.monitor).toBe('monitor-2');
  expect(stateOf(cluster, 'ranking-1')).toBe('alive');
  cluster.network.heal();
  await cluster.sim.run(60_000);
  expect(cluster.viewOf('app-1')?.monitor).toBe('monitor-1');
  expect(stateOf(cluster, 'monitor-2')).toBe('alive');
});

test('a node that only one monitor cannot hear is partitioned, not dead, and stays in rotation', async () => {
  const cluster = createSimulatedCluster(4, small);
  await cluster.sim.run(20_000);
  cluster.network.block('ranking-1', 'monitor-1');
  await cluster.sim.run(30_000);
  expect(cluster.verdicts.map(({ monitor, node, verdict }) => `${monitor} ${node} ${verdict}`)).toEqual([
    'monitor-1 ranking-1 partitioned',
  ]);
  expect(stateOf(cluster, 'ranking-1')).toBe('alive');
  expect(cluster.restarts).toEqual([]);
});

test('one monitor is enough; and without any the last view stays in force', async () => {
  const cluster = createSimulatedCluster(5, small);
  await cluster.sim.run(20_000);
  cluster.kill('monitor-1', { held: true });
  await cluster.sim.run(25_000);
  cluster.hang('ranking-1');
  await cluster.sim.run(40_000);
  expect(cluster.restarts).toEqual(['ranking-1']);
  expect(cluster.viewOf('app-1')?.monitor).toBe('monitor-2');
  cluster.kill('monitor-2', { held: true });
  await cluster.sim.run(50_000);
  expect(cluster.viewOf('app-1')?.members.map(({ state }) => state)).toContain('alive');
  expect(stateOf(cluster, 'ranking-1')).toBe('alive');
});

test('after a restart of the only monitor, no caller sees a view in which some healthy nodes are missing', async () => {
  const groups = small.map((group) => (group.name === 'monitor' ? { ...group, replicas: 1 } : group));
  for (let seed = 0; seed < 20; seed++) {
    const cluster = createSimulatedCluster(seed, groups, { staggerMs: 1_000 });
    await cluster.sim.run(20_000);
    const before = cluster.viewOf('app-1')!.version;
    cluster.kill('monitor-1');
    const seen = new Set<string>();
    while (cluster.sim.clock.now() < 30_000) {
      await cluster.sim.run(cluster.sim.clock.now() + 20);
      for (const caller of ['app-1', 'app-2'])
        seen.add([1, 2, 3].map((i) => stateOf(cluster, `ranking-${i}`, caller)).join());
    }
    expect([seed, ...seen]).toEqual([seed, 'alive,alive,alive']);
    expect(cluster.viewOf('app-1')!.version).toBeGreaterThan(before);
  }
});

test('a restarted monitor waits for a node that is gone for 3 s, and then gives out its first view', async () => {
  const groups = small.map((group) => (group.name === 'monitor' ? { ...group, replicas: 1 } : group));
  const cluster = createSimulatedCluster(1, groups);
  await cluster.sim.run(20_000);
  cluster.kill('monitor-1');
  cluster.kill('ranking-1', { held: true });
  await cluster.sim.run(22_500);
  expect(stateOf(cluster, 'ranking-1')).toBe('alive');
  await cluster.sim.run(24_000);
  expect([1, 2].map((i) => stateOf(cluster, `ranking-${i}`))).toEqual(['starting', 'alive']);
});

test('a limping node is drained, then restarted; a second one waits, so at most f of a group are out', async () => {
  const cluster = createSimulatedCluster(6, small);
  await cluster.sim.run(20_000);
  await reporting(cluster, 40_000, [
    seen('ranking-1', { medianMs: 400 }),
    seen('ranking-2', {}),
    seen('ranking-3', {}),
  ]);
  expect(
    cluster.log.filter((line) => line.includes('orders')).map((line) => line.split(' ').slice(2).join(' ')),
  ).toEqual(expect.arrayContaining(['orders drain ranking-1: done', 'orders restart ranking-1: done']));
  const drained = cluster.incidents.find(({ incident }) => incident.verdict === 'limping')!;
  expect(drained.incident.node).toBe('ranking-1');
  for (const { monitor } of cluster.verdicts) expect(['monitor-1', 'monitor-2']).toContain(monitor);
});

test('a drained node gets no calls, so it has not recovered: it is restarted, in the same incident', async () => {
  for (let seed = 0; seed < 10; seed++) {
    const cluster = createSimulatedCluster(seed, small);
    await cluster.sim.run(20_000 + seed * 83);
    const peers = [seen('ranking-2', {}), seen('ranking-3', {})];
    const isCalled = () => stateOf(cluster, 'ranking-1') === 'alive';
    while (isCalled())
      await reporting(cluster, cluster.sim.clock.now() + 1, [seen('ranking-1', { medianMs: 400 }), ...peers]);
    await reporting(cluster, 40_000, peers);
    expect(cluster.restarts).toEqual(['ranking-1']);
    expect(stateOf(cluster, 'ranking-1')).toBe('alive');
    for (const monitor of ['monitor-1', 'monitor-2'])
      expect(cluster.incidentsOf(monitor).map(({ verdict, outcome }) => `${verdict} ${outcome}`)).toEqual([
        'limping repaired',
      ]);
  }
});

test('a liar is quarantined and restarted, and called again only after it has been well for a while', async () => {
  const cluster = createSimulatedCluster(7, small);
  await cluster.sim.run(20_000);
  await reporting(cluster, 21_000, [seen('ranking-2', { lostVotes: 3 }), seen('ranking-1', {}), seen('ranking-3', {})]);
  await cluster.sim.run(22_000);
  expect(stateOf(cluster, 'ranking-2')).toMatch(/quarantined|dead|starting/);
  expect(cluster.restarts).toEqual(['ranking-2']);
  await cluster.sim.run(23_000);
  expect(stateOf(cluster, 'ranking-2')).not.toBe('alive');
  await cluster.sim.run(28_000);
  expect(stateOf(cluster, 'ranking-2')).toBe('alive');
});

test('a standby replaces a node that stays down; when that node returns, it is a standby', async () => {
  const cluster = createSimulatedCluster(8, [
    { name: 'monitor', components: ['monitor'], replicas: 2 },
    { name: 'ranking', components: ['ranking'], replicas: 2, standbys: { hot: 1 } },
    { name: 'app', components: ['app'], replicas: 2 },
  ]);
  await cluster.sim.run(20_000);
  expect(stateOf(cluster, 'ranking-3')).toBe('standby');
  cluster.kill('ranking-1', { held: true });
  await cluster.sim.run(24_000);
  expect(stateOf(cluster, 'ranking-3')).toBe('alive');
  for (const monitor of cluster.monitors.values())
    expect(monitor.roles.promotions()).toEqual([{ node: 'ranking-3', instead: 'ranking-1', token: 1 }]);
  cluster.release('ranking-1');
  await cluster.sim.run(34_000);
  expect(stateOf(cluster, 'ranking-1')).toBe('standby');
  expect(stateOf(cluster, 'ranking-3')).toBe('alive');
  cluster.kill('ranking-3', { held: true });
  await cluster.sim.run(40_000);
  for (const monitor of cluster.monitors.values())
    expect(monitor.roles.promotions()).toEqual([{ node: 'ranking-1', instead: 'ranking-1', token: 2 }]);
});

import { expect, test } from 'vitest';
import { reporting, seen, small } from './given.ts';
import { createWard } from './ward.ts';

test('a node that is killed while it recovers from its repair has failed twice, and both monitors count so', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const ward = createWard(seed, small);
    await ward.sim.run(20_000 + seed * 37);
    ward.hang('ranking-1');
    // Restarted and serving: fixed, but not steady yet.
    while (!ward.incidents.some(({ incident }) => incident.orders.length > 0))
      await ward.sim.run(ward.sim.clock.now() + 100);
    await ward.sim.run(ward.sim.clock.now() + 1_600);
    ward.kill('ranking-1');
    await ward.sim.run(40_000);
    for (const monitor of ['monitor-1', 'monitor-2']) {
      const over = ward.incidents.flatMap((it) =>
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

test('that callers avoided a node they could not reach is no sign of a limp once it can be heard again', async () => {
  const ward = createWard(9, small);
  await ward.sim.run(20_000);
  const others = ward.topology.nodes.map(({ id }) => id).filter((id) => id !== 'ranking-1');
  ward.network.partition([['ranking-1'], others]);
  const lost = seen('ranking-1', { ok: 0, unanswered: 6, ejected: 1 });
  delete lost.medianMs;
  await reporting(ward, 22_500, [lost, seen('ranking-2', {}), seen('ranking-3', {})]);
  ward.network.heal();
  const rare = seen('ranking-1', { ok: 1, medianMs: 3, fastestMs: 3 });
  await reporting(ward, 32_000, [rare, seen('ranking-2', {}), seen('ranking-3', {})]);
  expect([...new Set(ward.verdicts.map(({ node, verdict }) => `${node} ${verdict}`))]).toEqual([
    'ranking-1 partitioned',
    'ranking-1 healthy',
  ]);
  expect(ward.restarts).toEqual([]);
});

test('a monitor that is restarted in the middle of an incident goes on with it', async () => {
  for (const brought of ['killed', 'cut off'] as const) {
    const ward = createWard(10, small);
    await ward.sim.run(20_000);
    const others = ward.topology.nodes.map(({ id }) => id).filter((id) => id !== 'ranking-1');
    if (brought === 'killed') ward.kill('ranking-1', { held: true });
    else ward.network.partition([['ranking-1'], others]);
    await ward.sim.run(30_000);
    ward.kill('monitor-2');
    await ward.sim.run(50_000);
    if (brought === 'killed') ward.release('ranking-1');
    else ward.network.heal();
    await ward.sim.run(70_000);
    for (const monitor of ['monitor-1', 'monitor-2']) {
      const [incident, ...more] = ward.booksOf(monitor).filter(({ node }) => node === 'ranking-1');
      expect([brought, monitor, more]).toEqual([brought, monitor, []]);
      expect(incident).toMatchObject({ verdict: brought === 'killed' ? 'crashed' : 'partitioned' });
      expect(incident!.outcome).not.toBe('open');
      expect(incident!.stamps.fix! - incident!.stamps.manifest).toBeGreaterThan(29_000);
    }
  }
});

test('orders of minutes ago are not booked to a later incident, although a restarted monitor hears of them for the first time', async () => {
  const ward = createWard(11, small);
  await ward.sim.run(20_000);
  ward.hang('ranking-1');
  await ward.sim.run(200_000);
  ward.network.partition([['ranking-1'], ward.topology.nodes.map(({ id }) => id).filter((id) => id !== 'ranking-1')]);
  await ward.sim.run(204_000);
  ward.kill('monitor-2');
  await ward.sim.run(210_000);
  ward.network.heal();
  await ward.sim.run(230_000);
  for (const monitor of ['monitor-1', 'monitor-2'])
    expect(ward.booksOf(monitor).findLast(({ node }) => node === 'ranking-1')).toMatchObject({
      verdict: 'partitioned',
      outcome: 'passed',
      orders: [],
    });
});

test("an order that was refused is nobody else's repair", async () => {
  for (let seed = 0; seed < 10; seed++) {
    const ward = createWard(seed, small);
    await ward.sim.run(20_000 + seed * 61);
    ward.kill('ranking-1', { held: true });
    ward.stall('monitor-2', 700);
    await ward.sim.run(30_000);
    const booked = ['monitor-1', 'monitor-2'].flatMap((monitor) =>
      ward.booksOf(monitor).flatMap(({ orders }) => orders),
    );
    expect(booked.filter(({ result }) => result !== 'refused')).toEqual([]);
  }
});

import { expect, test } from 'vitest';
import { faultHost } from '../../../shared/faults/host.ts';
import { createFaultRegistry } from '../../../shared/faults/registry.ts';
import { createMetrics } from '../../../shared/observe/metrics.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';
import { rig } from './rig.ts';

const fault = {
  id: 'f1',
  kind: 'limp.latency',
  target: 'node-1',
  ttlMs: 10_000,
  seed: 7,
  owner: 'test',
  params: { meanMs: 50 },
};

function bare(leaseMs = 1_000) {
  const simulation = createSimulation(1);
  const journal: string[] = [];
  const metrics = createMetrics({}, { process: false });
  const registry = createFaultRegistry({
    answersFor: (target) => target === 'node-1',
    site: 'node',
    clock: simulation.clock,
    scheduler: simulation.scheduler,
    host: faultHost({ callerOf: () => undefined }),
    journal: ({ event, end }) => void journal.push(end ? `${event} ${end}` : event),
    metrics,
    leaseMs,
  });
  return { simulation, registry, journal, metrics };
}

test('a fault ends when its owner stops renewing its lease, or else at its time to live', async () => {
  const lost = bare();
  lost.registry.inject(fault);
  lost.simulation.runSync(1_400);
  expect(lost.registry.list()).toEqual([]);
  expect(lost.journal).toEqual(['inject', 'begin', 'heal lease']);

  const kept = bare();
  kept.registry.inject(fault);
  const renewal = kept.simulation.scheduler.every(500, () => kept.registry.renew('test'));
  kept.simulation.runSync(9_900);
  expect(kept.registry.list()).toHaveLength(1);
  kept.simulation.runSync(10_001);
  expect(kept.journal.at(-1)).toBe('heal ttl');
  renewal.cancel();
  kept.simulation.runSync();
  expect(kept.simulation.pending).toBe(0);
});

test('renewing for another owner does not keep a fault alive', () => {
  const { simulation, registry } = bare();
  registry.inject(fault);
  simulation.scheduler.every(200, () => registry.renew('somebody-else'));
  simulation.runSync(1_400);
  expect(registry.list()).toEqual([]);
});

test('a fault begins after startAt and lives for ttlMs from then', () => {
  const { simulation, registry, journal } = bare(1e9);
  registry.inject({ ...fault, startAt: 500, ttlMs: 300 });
  simulation.runSync(499);
  expect(registry.list()[0]).toMatchObject({ state: 'pending' });
  expect(registry.active()).toHaveLength(0);
  simulation.runSync(501);
  expect(registry.list()[0]).toMatchObject({ state: 'active', remainingMs: 299 });
  simulation.runSync(801);
  expect(registry.list()).toEqual([]);
  expect(journal).toEqual(['inject', 'begin', 'heal ttl']);
});

test('a pending fault that is healed never begins', () => {
  const { simulation, registry, journal } = bare(1e9);
  registry.inject({ ...fault, startAt: 500 });
  registry.heal('f1');
  simulation.runSync(2_000);
  expect(journal).toEqual(['inject', 'heal healed']);
});

test('a fault that is injected twice is one fault; another fault with the same id is refused', () => {
  const { registry, journal } = bare();
  registry.inject(fault);
  registry.inject(fault);
  expect(registry.list()).toHaveLength(1);
  expect(() => registry.inject({ ...fault, params: { meanMs: 51 } })).toThrow(/taken by another fault/);
  expect(registry.list()[0]?.fault.params).toMatchObject({ meanMs: 50 });
  expect(journal).toEqual(['inject', 'begin']);
});

test.each([
  [{ target: 'node-2' }, /node-2 is not here/],
  [{ kind: 'stop.kill', params: {} }, /carried out by the watchdog, not by a node/],
  [{ kind: 'stop.refuse', params: {} }, /no listener to close/],
  [{ kind: 'limp.cpu', params: { form: 'busy' } }, /no main loop/],
  [{ kind: 'clock.skew', params: { offsetMs: 5 } }, /clock cannot be moved/],
  [{ ttlMs: undefined }, /ttlMs is mandatory/],
])('a fault that cannot happen here %j is refused, not silently ignored', (wrong, sentence) => {
  const { registry, journal } = bare();
  expect(() => registry.inject({ ...fault, ...wrong })).toThrow(sentence);
  expect(registry.list()).toEqual([]);
  expect(journal).toEqual([]);
});

test('healing is idempotent, and healing all empties everything', () => {
  const { simulation, registry } = bare();
  registry.inject(fault);
  registry.inject({ ...fault, id: 'f2' });
  expect(registry.heal('f1')).toBe(true);
  expect(registry.heal('f1')).toBe(false);
  expect(registry.heal('unknown')).toBe(false);
  expect(registry.healAll()).toBe(1);
  expect(registry.healAll()).toBe(0);
  expect(registry.history().map(({ end }) => end)).toEqual(['healed', 'halt']);
  simulation.runSync();
  expect(simulation.pending).toBe(0);
});

test('a gauge says which faults are in effect, and forgets them when they end', async () => {
  const { registry, metrics } = bare();
  registry.inject(fault);
  expect((await metrics.render()).text).toContain(
    'tierlab_fault_active{id="f1",kind="limp.latency",target="node-1"} 1',
  );
  registry.healAll();
  expect((await metrics.render()).text).not.toContain('id="f1"');
});

test('a fault that matched nothing by its end says so loudly', async () => {
  const quiet = rig();
  quiet.inject({ kind: 'limp.latency', params: { meanMs: 5 }, scope: { operation: 'shelf.count' } });
  await quiet.ask('r1');
  quiet.registry.heal('f1');
  expect(quiet.warnings).toEqual(['the fault f1 (limp.latency) matched nothing']);
  expect(quiet.journal.at(-1)).toMatchObject({ event: 'heal', matched: 0, applied: 0 });
});

test('a fault that matched but could change nothing says that, too', async () => {
  const quiet = rig();
  quiet.inject({ kind: 'byz.stale' });
  await quiet.ask('r1');
  quiet.registry.heal('f1');
  expect(quiet.warnings).toEqual(['the fault f1 (byz.stale) changed nothing']);
  expect(quiet.journal.at(-1)).toMatchObject({ matched: 1, applied: 0 });
});

test.each([
  [{ caller: 'node-2' }, 'hit'],
  [{ caller: 'node-3' }, 'spared'],
  [{ operation: 'list' }, 'hit'],
  [{ operation: 'shelf.list' }, 'hit'],
  [{ operation: 'other.list' }, 'spared'],
  [{ operation: 'count' }, 'spared'],
  [{ caller: 'node-2', operation: 'count' }, 'spared'],
])('within the scope %j a call of node-2 to shelf.list is %s', async (scope, outcome) => {
  const node = rig();
  node.inject({ kind: 'limp.latency', params: { meanMs: 100, distribution: 'constant' }, scope });
  expect((await node.ask('r1')).tookMs).toBe(outcome === 'hit' ? 110 : 10);
});

test('the same seed hits the same requests in whatever order they come; another seed hits others', async () => {
  const ids = Array.from({ length: 60 }, (_, i) => `request-${i}`);
  const hits = async (seed: number, order: readonly string[]) => {
    const node = rig();
    node.inject({
      kind: 'limp.latency',
      ttlMs: 60_000,
      seed,
      probability: 0.4,
      params: { meanMs: 100, distribution: 'constant' },
    });
    const slow: string[] = [];
    for (const id of order) if ((await node.ask(id, {}, 200)).tookMs > 50) slow.push(id);
    expect(node.registry.list()[0]).toMatchObject({ matched: 60, applied: slow.length });
    return slow.sort();
  };
  const first = await hits(1, ids);
  expect(await hits(1, ids.toReversed())).toEqual(first);
  expect(await hits(2, ids)).not.toEqual(first);
  // 60 draws of .4: outside of 10 to 38 has a chance below 1e-4.
  expect(first.length).toBeGreaterThan(10);
  expect(first.length).toBeLessThan(38);
});

test('two faults at once both apply, and heal one by one', async () => {
  const node = rig();
  node.inject({ id: 'slow', kind: 'limp.latency', params: { meanMs: 100, distribution: 'constant' } });
  node.inject({ id: 'lie', kind: 'byz.corrupt', params: { field: 'total' } });
  const both = await node.ask('r1');
  expect(both).toMatchObject({ tookMs: 110, reply: { body: { total: 4 } } });
  node.registry.heal('slow');
  expect(await node.ask('r2')).toMatchObject({ tookMs: 10, reply: { body: { total: 4 } } });
});

test('no answer and no error carries a mark that tells a fault from a failure', async () => {
  const node = rig();
  node.inject({ kind: 'net.reset' });
  const { error } = await node.ask('r1');
  expect(JSON.stringify({ ...(error as object), message: (error as Error).message })).not.toMatch(
    /fault|chaos|inject/i,
  );
});

test('a crash that undoes itself is over then, and not undone twice; after its last loop only', async () => {
  const { registry, simulation, actions, journal } = rig('watchdog');
  registry.inject({
    ...fault,
    id: 'k1',
    kind: 'stop.kill',
    params: { downMs: 500, loops: 2, periodMs: 2_000 },
    ttlMs: 60_000,
  });
  await simulation.run(2_400);
  expect(registry.list()).toHaveLength(1);
  await simulation.run(3_000);
  expect(registry.list()).toEqual([]);
  expect(journal.at(-1)).toMatchObject({ event: 'heal', end: 'done' });
  const told = actions.map((action) => `${action.atMs} ${action.do}`).join(', ');
  expect(told).toBe('0 hold, 0 kill, 500 release, 2000 hold, 2000 kill, 2500 release, 2500 settle');
});

test('a fault that ends with its process does so, and a plan that goes on with the next process does not', async () => {
  const { registry, simulation } = rig('watchdog');
  registry.inject({ ...fault, id: 'h1', kind: 'stop.hang', params: {} });
  registry.inject({ ...fault, id: 'c1', kind: 'limp.cpu', params: { share: 0.5, periodMs: 1_000 } });
  await simulation.run(700);
  registry.processReplaced('node-1');
  expect(registry.list().map(({ fault: { id } }) => id)).toEqual(['c1']);
  expect(registry.renew('test')).toMatchObject({ held: [{ id: 'c1' }], ended: [{ id: 'h1', end: 'restart' }] });
  registry.healAll();
  await simulation.run(5_000);
});

test('a lease is renewed for what the owner still wants: what it gave up without being heard ends', () => {
  const { registry, simulation, journal } = bare();
  registry.inject(fault);
  registry.inject({ ...fault, id: 'f2' });
  const renewal = simulation.scheduler.every(500, () => registry.renew('test', [{ id: 'f2', target: 'node-1' }]));
  simulation.runSync(2_000);
  expect(registry.list().map(({ fault: { id } }) => id)).toEqual(['f2']);
  expect(journal.at(-1)).toBe('heal lease');
  renewal.cancel();
});

test('a hang that has not begun yet is not over because its process was replaced', async () => {
  const { registry, simulation } = rig('watchdog');
  registry.inject({ ...fault, id: 'h1', kind: 'stop.hang', params: {}, startAt: 1_000 });
  registry.processReplaced('node-1');
  expect(registry.list()).toMatchObject([{ state: 'pending' }]);
  await simulation.run(1_500);
  expect(registry.list()).toMatchObject([{ state: 'active' }]);
  registry.healAll();
});

import { expect, test } from 'vitest';
import { countHolds } from '../../../shared/faults/holds.ts';
import { bodyShape } from '../../../shared/faults/layers.ts';
import type { ProcessAction } from '../../../shared/faults/plan.ts';
import { rig } from '../faults/rig.ts';

interface Injected {
  readonly kind: string;
  readonly params?: object;
  readonly ttlMs: number;
}

const long = 30_000;
const brief = 400;

/** What the watchdog did from the end of the brief fault until just before the end of the long one. */
async function undoneEarly(a: Injected, b: Injected): Promise<string[]> {
  const it = rig('watchdog');
  it.inject({ id: 'a', ...a });
  it.inject({ id: 'b', ...b });
  await it.simulation.run(long - 1);
  const early = it.actions.filter(({ do: what }) => ['resume', 'release', 'untwin'].includes(what));
  await it.simulation.run(long + 60_000);
  const all = it.actions.filter(({ do: what }) => ['resume', 'release', 'untwin'].includes(what));
  expect(all.length, 'in the end the state is undone').toBeGreaterThan(early.length);
  return early.map(({ atMs, do: what }) => `${atMs} ${what}`);
}

const hang = { kind: 'stop.hang' };
const down = (downMs: number) => ({ kind: 'stop.kill', params: { downMs } });
const slow = { kind: 'limp.cpu', params: { share: 0.5, periodMs: 100 } };
const twin = { kind: 'byz.twin' };

test.each<[string, Injected, Injected]>([
  ['two hangs, the long one first', { ...hang, ttlMs: long }, { ...hang, ttlMs: brief }],
  ['two hangs, the brief one first', { ...hang, ttlMs: brief }, { ...hang, ttlMs: long }],
  ['a hang and a busy neighbour that stops the process in turns', { ...hang, ttlMs: long }, { ...slow, ttlMs: brief }],
  ['two crashes whose machines stay down', { ...down(30_500), ttlMs: 40_000 }, { ...down(200), ttlMs: brief }],
  ['two twins', { ...twin, ttlMs: long }, { ...twin, ttlMs: brief }],
])('F1 the end of one fault does not end the other: %s', async (_, a, b) => {
  expect(await undoneEarly(a, b)).toEqual([]);
});

test('F1 a listener that two faults closed opens with the last of them', async () => {
  const it = rig();
  it.inject({ id: 'a', kind: 'stop.refuse', ttlMs: long });
  it.inject({ id: 'b', kind: 'stop.refuse', ttlMs: brief });
  await it.simulation.run(long - 1);
  expect(it.isOpen()).toBe(false);
  await it.simulation.run(long + 1);
  expect(it.isOpen()).toBe(true);
});

test('F1 an undo by a fault that holds nothing passes while nobody holds the state', async () => {
  const done: ProcessAction['do'][] = [];
  const port = countHolds(async (_node, action) => void done.push(action.do));
  await port('n', { do: 'resume' }, 'a');
  await port('n', { do: 'pause' }, 'a');
  await port('n', { do: 'resume' }, 'b');
  await port('n', { do: 'resume' }, 'a');
  expect(done).toEqual(['resume', 'pause', 'resume']);
});

test.each([
  ['a reset after more bytes than the reply has', 'net.reset', { afterBytes: 1e8 }, 500, 0],
  ['a reset after exactly the bytes of the reply', 'net.reset', { afterBytes: 500 }, 500, 0],
  ['a reset within the reply', 'net.reset', { afterBytes: 499 }, 500, 1],
  ['pieces that are larger than the reply', 'limp.dribble', { chunkBytes: 1_000, pauseMs: 50 }, 500, 0],
  ['pieces that are smaller than the reply', 'limp.dribble', { chunkBytes: 100, pauseMs: 50 }, 500, 1],
  ['a bandwidth that a reply of one piece does not notice', 'limp.bandwidth', { bytesPerSecond: 1e6 }, 10, 0],
  ['a bandwidth that a large reply notices', 'limp.bandwidth', { bytesPerSecond: 1_000 }, 5_000, 1],
])('F3 %s: %s %j at %d bytes is applied %d times', (_, kind, params, bytes, applied) => {
  const it = rig();
  it.inject({ kind, params });
  const shape = bodyShape(it.registry, it.makeCall('r1'), bytes);
  expect(shape === undefined).toBe(applied === 0);
  expect(it.registry.list()[0]).toMatchObject({ matched: 1, applied });
  it.registry.healAll();
  expect(it.warnings.some((text) => text.includes('changed nothing'))).toBe(applied === 0);
});

test.each([
  ['a delay that is cut off at 0', 'limp.latency', { meanMs: 1, jitterMs: 1_000, distribution: 'normal' }],
  ['a uniform delay around 0', 'limp.latency', { meanMs: 1, jitterMs: 500, distribution: 'uniform' }],
  ['a message delay that is cut off at 0', 'net.delay', { meanMs: 1, jitterMs: 1_000, distribution: 'normal' }],
])('F3 %s (%s %j) counts only the requests that took longer', async (_, kind, params) => {
  const it = rig();
  it.inject({ kind, params, ttlMs: 900_000 });
  let late = 0;
  for (let i = 0; i < 40; i++) late += (await it.ask(`r${i}`, {}, 20_000)).tookMs > 10.001 ? 1 : 0;
  expect(it.registry.list()[0]).toMatchObject({ applied: late });
  expect(late).toBeLessThan(40);
});

test('F3 a slow disk counts only the accesses that took longer', () => {
  const it = rig();
  it.inject({ kind: 'limp.disk', params: { meanMs: 1, jitterMs: 1_000 } });
  const [disk] = it.registry.active();
  const slow = Array.from({ length: 40 }, (_, i) => disk!.diskMs(`k${i}`)).filter((ms) => ms > 0).length;
  expect(it.registry.list()[0]).toMatchObject({ matched: 40, applied: slow });
  expect(slow).toBeLessThan(40);
});

const dribble = (pauseMs: number) => ({ kind: 'limp.dribble', params: { chunkBytes: 100, pauseMs } });
const reset = (afterBytes: number) => ({ kind: 'net.reset', params: { afterBytes } });
test.each([
  ['two dribbles, the slow one first', [dribble(50), dribble(10)], [1, 0], { pauseMs: 50 }],
  ['two dribbles, the slow one last', [dribble(10), dribble(50)], [0, 1], { pauseMs: 50 }],
  ['two resets', [reset(300), reset(200)], [0, 1], { resetAfterBytes: 200 }],
  ['a dribble and a reset', [dribble(10), reset(200)], [1, 1], { pauseMs: 10, resetAfterBytes: 200 }],
  ['a reset and a dribble', [reset(200), dribble(10)], [1, 1], { pauseMs: 10, resetAfterBytes: 200 }],
  [
    'a dribble that is faster than a bandwidth',
    [dribble(10), { kind: 'limp.bandwidth', params: { bytesPerSecond: 100 } }],
    [0, 1],
    { chunkBytes: 5 },
  ],
])('F1, F3 %s at one reply: each that has an effect counts', (_, faults, applied, shape) => {
  const it = rig();
  faults.forEach((fault, i) => it.inject({ id: `f${i}`, ...fault }));
  expect(bodyShape(it.registry, it.makeCall('r1'), 500)?.shape).toMatchObject(shape);
  expect(it.registry.list().map((status) => status.applied)).toEqual(applied);
});

test.each<[string, { kind: string; params?: object }[], number[]]>([
  ['an old answer hides a lie', [{ kind: 'byz.replay' }, { kind: 'byz.corrupt' }], [1, 1]],
  ['a lie changes an old answer', [{ kind: 'byz.corrupt' }, { kind: 'byz.replay' }], [2, 1]],
  ['a lost message is not late', [{ kind: 'net.drop' }, { kind: 'net.delay', params: { meanMs: 5 } }], [2, 0]],
  ['a late message is lost', [{ kind: 'net.delay', params: { meanMs: 5 } }, { kind: 'net.drop' }], [2, 2]],
  ['a reset message is not doubled', [{ kind: 'net.reset' }, { kind: 'net.duplicate' }], [2, 0]],
  [
    'a lost message finds no slow handler',
    [{ kind: 'net.drop' }, { kind: 'limp.latency', params: { meanMs: 5 } }],
    [2, 0],
  ],
])('F1, F3 of two faults each counts what it changes: %s', async (_, faults, applied) => {
  const it = rig();
  faults.forEach((fault, i) => it.inject({ id: `f${i}`, ...fault }));
  await it.ask('r1', { request: { q: 'cats' } });
  await it.ask('r2', { request: { q: 'dogs' } });
  expect(it.registry.list().map((status) => status.applied)).toEqual(applied);
});

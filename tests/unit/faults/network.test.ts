import { expect, test } from 'vitest';
import { isCut } from '../../../shared/faults/net-partition.ts';
import { shapeBody } from '../../../shared/faults/shape-body.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';
import { rig, unanswerable } from './rig.ts';

const whole = { bridge: [], oneWay: false, lost: 'both' as const };

/** Who hears whom: a row per sender, a column per receiver, `.` = cut. */
function picture(topology: Parameters<typeof isCut>[0], nodes: readonly string[]): string[] {
  return nodes.map((sender) => nodes.map((receiver) => (isCut(topology, sender, receiver) ? '.' : receiver)).join(''));
}

test.each([
  ['two groups', { ...whole, groups: [['a', 'b'], ['c']] }, ['ab.d', 'ab.d', '..cd', 'abcd']],
  [
    'a bridge',
    {
      ...whole,
      groups: [
        ['a', 'b'],
        ['c', 'd'],
      ],
      bridge: ['b'],
    },
    ['ab..', 'abcd', '.bcd', '.bcd'],
  ],
  ['one way', { ...whole, groups: [['a'], ['b', 'c', 'd']], oneWay: true }, ['a...', 'abcd', 'abcd', 'abcd']],
  ['a ring', { ...whole, ring: ['a', 'b', 'c', 'd'] }, ['ab.d', 'abc.', '.bcd', 'a.cd']],
  ['three groups', { ...whole, groups: [['a'], ['b'], ['c']] }, ['a..d', '.b.d', '..cd', 'abcd']],
])('%s cut the network as drawn', (_, topology, drawn) => {
  expect(picture(topology, ['a', 'b', 'c', 'd'])).toEqual(drawn);
});

const groups = [['node-1'], ['node-2']];

test.each([
  ['both', 'incoming', 0],
  ['requests', 'incoming', 0],
  ['replies', 'incoming', 1],
] as const)('with %s lost, an %s request is handled %i times and never answered', async (lost, _, handled) => {
  const node = rig();
  node.inject({ kind: 'net.partition', params: { groups, lost } });
  expect(await node.ask('r1')).toEqual({ tookMs: Infinity });
  expect(node.handled).toHaveLength(handled);
});

test('one way: what the first group sends is lost, so it hears requests, and its replies do not arrive', async () => {
  const node = rig();
  node.inject({ kind: 'net.partition', params: { groups, oneWay: true } });
  expect(await node.ask('in')).toEqual({ tookMs: Infinity });
  expect(node.handled).toEqual(['in']);
  const endpoint = { node: 'node-2', host: '', port: 1 };
  expect(await node.ask('out', { endpoint })).toEqual({ tookMs: Infinity });
  expect(node.handled).toEqual(['in']);
});

test.each([
  ['net.drop', {}, undefined, Infinity],
  ['net.reset', {}, 'connection_lost', 10],
  ['net.delay', { meanMs: 300, distribution: 'constant' }, 'not_found', 310],
])('%s of replies meets an error like any other reply', async (kind, params, code, tookMs) => {
  const node = rig();
  node.inject({ kind, params, scope: { direction: 'reply' } });
  const outcome = await node.ask('r1', { request: { q: unanswerable } });
  expect({ code: (outcome.error as { code?: string } | undefined)?.code, tookMs: outcome.tookMs }).toEqual({
    code,
    tookMs,
  });
  expect(node.handled).toEqual(['r1']);
  expect(node.registry.list()[0]).toMatchObject({ matched: 1, applied: 1 });
});

test('calls to the own node and from outside of the cluster cross no edge', async () => {
  const node = rig();
  node.inject({ kind: 'net.drop' });
  expect((await node.ask('r1', { caller: 'node-1' })).tookMs).toBe(10);
  expect((await node.ask('r2', { caller: undefined as never })).tookMs).toBe(10);
  expect(node.registry.list()[0]?.matched).toBe(0);
});

test('what hangs in a lost connection is let go when the network is whole again', async () => {
  const node = rig();
  node.inject({ kind: 'net.drop', ttlMs: 500 });
  const { error, tookMs } = await node.ask('r1');
  expect({ code: (error as { code: string }).code, tookMs }).toEqual({ code: 'connection_lost', tookMs: 500 });
});

test('a caller that gives up gets its own reason', async () => {
  const node = rig();
  node.inject({ kind: 'net.drop' });
  const controller = new AbortController();
  node.simulation.scheduler.after(200, () => controller.abort(new Error('the deadline has passed')));
  const { error, tookMs } = await node.ask('r1', { signal: controller.signal });
  expect({ message: (error as Error).message, tookMs }).toEqual({ message: 'the deadline has passed', tookMs: 200 });
});

const payload = new TextEncoder().encode('0123456789');

async function collect(shape: Parameters<typeof shapeBody>[1], abortAtMs?: number) {
  const simulation = createSimulation(1);
  const controller = new AbortController();
  if (abortAtMs !== undefined) simulation.scheduler.after(abortAtMs, () => controller.abort());
  const pieces: string[] = [];
  const reset = () => void pieces.push(`${simulation.clock.now()} reset`);
  const options = { scheduler: simulation.scheduler, signal: controller.signal, reset };
  void (async () => {
    for await (const piece of shapeBody(payload, shape, options))
      pieces.push(`${simulation.clock.now()} ${new TextDecoder().decode(piece)}`);
  })();
  await simulation.run();
  return pieces;
}

test.each([
  [{ chunkBytes: 4, pauseMs: 30 }, undefined, ['0 0123', '30 4567', '60 89']],
  [{ chunkBytes: 100, pauseMs: 30 }, undefined, ['0 0123456789']],
  [{ chunkBytes: 4, pauseMs: 30 }, 40, ['0 0123', '30 4567', '40 89']],
  [{ chunkBytes: 4, pauseMs: 0, resetAfterBytes: 6 }, undefined, ['0 0123', '0 45', '20 reset']],
  [{ chunkBytes: 1, pauseMs: 0, resetAfterBytes: 0 }, undefined, ['20 reset']],
])('a body of ten bytes in the shape %j (fault over at %s) leaves as %j', async (shape, abortAtMs, pieces) => {
  expect(await collect(shape, abortAtMs)).toEqual(pieces);
});

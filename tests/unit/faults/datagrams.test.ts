import { expect, test } from 'vitest';
import { passage } from '../../../shared/faults/datagram-faults.ts';
import { rig } from './rig.ts';

const groups = [['node-1'], ['node-2']];

/** When each of ten datagrams from `from` to `to` arrives, and the answer to each; ms after it was sent. */
async function tenDatagrams(kind: string, params: object, scope: object, [from, to]: readonly [string, string]) {
  const { inject, registry, simulation } = rig();
  const { clock, scheduler } = simulation;
  if (kind !== 'none') inject({ kind, params, scope });
  const arrived: number[] = [];
  const answered: number[] = [];
  const sentAt = clock.now();
  for (let i = 0; i < 10; i++) {
    const requestId = `${from}>${to}/1/${i}`;
    const way = passage(registry, scheduler, { from, to, requestId, component: 'monitor', operation: 'heartbeat' });
    way.request(() => {
      arrived.push(clock.now() - sentAt);
      way.reply(() => answered.push(clock.now() - sentAt));
    });
  }
  await simulation.run(sentAt + 2_000);
  return { arrived, answered };
}

const all = Array<number>(10).fill(0);
const out = ['node-1', 'node-2'] as const;
const late = Array<number>(10).fill(200);

test.each<[string, string, object, object, readonly [string, string], number[], number[]]>([
  ['without a fault all pass', 'none', {}, {}, out, all, all],
  ['a partition loses what goes out', 'net.partition', { groups }, {}, out, [], []],
  ['a partition loses what comes in', 'net.partition', { groups }, {}, ['node-2', 'node-1'], [], []],
  ['a partition that loses replies', 'net.partition', { groups, lost: 'replies' }, {}, out, all, []],
  ['a partition of others', 'net.partition', { groups: [['node-1'], ['node-3']] }, {}, out, all, all],
  ['dropped', 'net.drop', {}, {}, out, [], []],
  ['dropped answers', 'net.drop', {}, { direction: 'reply' }, out, all, []],
  ['dropped heartbeats only', 'net.drop', {}, { operation: 'monitor.heartbeat' }, out, [], []],
  ['dropped calls of another operation', 'net.drop', {}, { operation: 'shelf.list' }, out, all, all],
  ['what is reset is lost', 'net.reset', {}, {}, out, [], []],
  ['delayed', 'net.delay', { meanMs: 200 }, {}, out, late, late],
  ['delayed answers', 'net.delay', { meanMs: 200 }, { direction: 'reply' }, out, all, late],
  ['duplicated', 'net.duplicate', { copies: 2 }, {}, out, [...all, ...all], [...all, ...all]],
  ['to itself, whatever the network does', 'net.drop', {}, {}, ['node-1', 'node-1'], all, all],
])('%s (%s)', async (_what, kind, params, scope, edge, arrived, answered) => {
  expect(await tenDatagrams(kind, params, scope, edge)).toEqual({ arrived, answered });
});

import { expect, test } from 'vitest';
import { createRepairs } from '../../../shared/cluster/watchdog/repairs.ts';
import type { Child, ChildState } from '../../../shared/cluster/watchdog/child.ts';
import type { RepairOrder } from '../../../services/monitor/repair-policy.ts';
import { madeTopology } from '../../support/made-topology.ts';

/** A watchdog of ranking nodes of incarnation 100, three unless `own` says which it runs; `done` lists what it did. */
function watchdog(own = ['r-1', 'r-2', 'r-3']) {
  let now = 100_000;
  const done: string[] = [];
  const states = new Map<string, ChildState>(own.map((id) => [id, { state: 'ready', pid: 1, since: 0 }]));
  const hung = new Set<string>();
  const child = (id: string): Child | undefined =>
    states.has(id)
      ? ({
          id,
          answers: async () => !hung.has(id),
          state: () => states.get(id)!,
          incarnation: () => 100,
          async restart(_why: string, between?: () => Promise<void>) {
            done.push(`restart ${id}`);
            // The process is not gone at once.
            await Promise.resolve();
            await between?.();
          },
          start: () => void done.push(`start ${id}`),
        } as unknown as Child)
      : undefined;
  const topology = madeTopology([{ name: 'r', components: ['ranking'], replicas: 3 }]);
  const { order } = createRepairs({
    topology: () => topology,
    watchdog: { child },
    clock: { now: () => now, wall: () => now },
    wipe: async (id) => void done.push(`wipe ${id}`),
  });
  const restart = (more: object = {}) =>
    order({ id: 'o-1', by: 'm-1', do: 'restart', node: 'r-1', incarnation: 100, ...more });
  return { done, states, hung, order, restart, pass: (ms: number) => void (now += ms) };
}

test('a restart is a kill and a start, once, however many monitors order it and however often', async () => {
  const { done, restart } = watchdog();
  const results = await Promise.all([restart(), restart({ by: 'm-2' }), restart()]);
  expect(results.map(({ result }) => result)).toEqual(['done', 'already', 'already']);
  expect(done).toEqual(['restart r-1']);
});

test('"already" names the order that brings a node back; a crash an hour later has no order', async () => {
  const { states, restart, pass } = watchdog();
  await restart({ do: 'quarantine', verdict: 'lying' });
  pass(500);
  states.set('r-1', { state: 'starting', pid: 2, since: 100_200 });
  const second = { id: 'o-2', by: 'm-2', verdict: 'crashed' };
  expect(await restart(second)).toEqual({ id: 'o-2', result: 'already', by: 'm-1', verdict: 'lying' });
  pass(3_600_000);
  states.set('r-1', { state: 'backoff', untilMs: 0, exit: 'SIGSEGV' });
  expect(await restart({ ...second, id: 'o-3' })).toEqual({ id: 'o-3', result: 'already' });
});

test('a node that runs although the topology no longer has it can be repaired', async () => {
  const { done, restart } = watchdog(['r-1', 'r-2', 'r-3', 'old-1']);
  expect(await restart({ node: 'old-1' })).toMatchObject({ result: 'done' });
  expect(done).toEqual(['restart old-1']);
});

test('an order about an earlier life does nothing', async () => {
  const { done, restart } = watchdog();
  expect(await restart({ incarnation: 99 })).toMatchObject({ result: 'stale' });
  expect(done).toEqual([]);
});

test('a quarantined node loses its state between its end and its next start', async () => {
  const { done, restart } = watchdog();
  await restart({ do: 'quarantine', resynchronise: true });
  expect(done).toEqual(['restart r-1', 'wipe r-1']);
});

test.each<[string, ChildState, string]>([
  ['held down by a fault', { state: 'held', exit: 'SIGKILL' }, 'conflict'],
  ['stopped on purpose', { state: 'stopped' }, 'conflict'],
  ['being restarted already', { state: 'backoff', untilMs: 0, exit: 'SIGKILL' }, 'already'],
  ['starting already', { state: 'starting', pid: 2, since: 99_000 }, 'already'],
  ['starting for too long', { state: 'starting', pid: 2, since: 0 }, 'done'],
  ['in a crash loop', { state: 'crash-loop', exit: 'exit code 1' }, 'done'],
])('a node that is %s: %#', async (_, state, expected) => {
  const { states, restart } = watchdog();
  states.set('r-1', state);
  const result = await restart().then(
    ({ result: it }) => it as string,
    (error: { code: string }) => error.code,
  );
  expect(result).toBe(expected);
});

test('a refusal is no result: the same order may be right later', async () => {
  const { done, states, restart } = watchdog();
  states.set('r-1', { state: 'held', exit: 'SIGKILL' });
  await expect(restart()).rejects.toMatchObject({ code: 'conflict' });
  states.set('r-1', { state: 'ready', pid: 1, since: 0 });
  expect(await restart()).toMatchObject({ result: 'done' });
  expect(done).toEqual(['restart r-1']);
});

/** As a monitor's repairer sends it: who orders, and the order of `decideRepair` itself. */
const ordered = (id: string, order: RepairOrder) => ({ id, by: 'm-1', ...order });

test('at most f answering nodes of a group are taken down; a hung node may always be restarted', async () => {
  const { states, hung, order, done } = watchdog();
  states.set('r-1', { state: 'held', exit: 'SIGKILL' });
  const liar = { do: 'quarantine', node: 'r-2', incarnation: 100, resynchronise: false } as const;
  const limper = { do: 'restart', node: 'r-2', incarnation: 100 } as const;
  for (const it of [liar, limper]) await expect(order(ordered('a', it))).rejects.toThrow(/\b1 of 3\b.*\br\b/);
  expect(done).toEqual([]);
  hung.add('r-2');
  expect(await order(ordered('b', limper))).toMatchObject({ result: 'done' });
  states.set('r-1', { state: 'ready', pid: 1, since: 0 });
  states.set('r-2', { state: 'starting', pid: 2, since: 100_000 });
  await expect(order(ordered('c', { ...limper, node: 'r-3' }))).rejects.toMatchObject({ code: 'too_many_requests' });
  states.set('r-2', { state: 'ready', pid: 2, since: 100_000 });
  expect(await order(ordered('c', { ...limper, node: 'r-3' }))).toMatchObject({ result: 'done' });
});

test('two orders at the same moment do not take a pair down: a node that is being killed is down already', async () => {
  const { done, order } = watchdog(['r-1', 'r-2']);
  const both = ['r-1', 'r-2'].map((node) => order(ordered(node, { do: 'restart', node, incarnation: 100 })));
  const results = await Promise.allSettled(both);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(done).toEqual(['restart r-1']);
});

test('a watchdog of one node of a group judges only that node', async () => {
  const { order, done } = watchdog(['r-2']);
  await order(ordered('a', { do: 'restart', node: 'r-2', incarnation: 100 }));
  expect(done).toEqual(['restart r-2']);
});

test('one node is not repaired twice at once, and not all nodes at the same time', async () => {
  const { restart, pass } = watchdog();
  await restart({ id: 'a' });
  await expect(restart({ id: 'b' })).rejects.toMatchObject({ code: 'too_many_requests' });
  for (let i = 0; i < 5; i++) {
    pass(1_600);
    await restart({ id: `e-${i}`, node: ['r-2', 'r-3', 'r-1'][i % 3]! });
  }
  await expect(restart({ id: 'f', node: 'r-1' })).rejects.toThrow(/something else is wrong/);
});

test('a promotion starts what is not running, and nothing else', async () => {
  const { done, states, order } = watchdog();
  const promote = (id: string) => order({ id, by: 'm-1', do: 'promote', node: 'r-3', instead: 'r-1' });
  expect(await promote('p-1')).toMatchObject({ result: 'already' });
  states.set('r-3', { state: 'stopped' });
  expect(await promote('p-2')).toMatchObject({ result: 'done' });
  expect(done).toEqual(['start r-3']);
});

test.each([
  [{ node: 'nobody' }, 'not_found'],
  [{ do: 'explode' }, 'bad_request'],
  [{ id: '' }, 'bad_request'],
  [{ unknown: 1 }, 'bad_request'],
])('an order with %j is refused', async (more, code) => {
  const { done, restart } = watchdog();
  await expect(restart(more)).rejects.toMatchObject({ code });
  expect(done).toEqual([]);
});

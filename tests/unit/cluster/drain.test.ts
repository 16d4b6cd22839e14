import { expect, test } from 'vitest';
import { saysLeaving } from '../../../shared/cluster/directory.ts';
import type { ChildState } from '../../../shared/cluster/watchdog/child.ts';
import { callersOf, stopDrained } from '../../../shared/cluster/watchdog/restart-drained.ts';
import { sleep } from '../../../shared/time/scheduler.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';
import type { MemberState } from '../../../shared/membership/view.ts';
import { madeTopology } from '../../support/made-topology.ts';

type Caller = ReturnType<typeof callersOf>[number];

/** When a node stops whose callers learn at these times that it leaves; Infinity: the caller never answers. */
async function stoppedAt(
  learntAt: readonly number[],
  state: ChildState['state'] | ((now: number) => ChildState['state']) = 'ready',
  { crashAt = Infinity, stopped: isStopped = (pid: number): boolean => pid < 0 } = {},
): Promise<number> {
  const { clock, scheduler, run } = createSimulation(1);
  const ready = { state: 'ready', pid: 1, since: 0 } as const;
  const asked: unknown[] = [];
  const callers = learntAt.map((at, i): Caller => ({
    id: `caller-${i + 1}`,
    state: () => ({ ...ready, pid: i, state: typeof state === 'string' ? state : state(clock.now()) }) as ChildState,
    async avoids(leaving, ms) {
      asked.push(leaving);
      if (at === Infinity) await sleep(scheduler, ms);
      return clock.now() >= at;
    },
  }));
  let drained = false;
  let stopped: number | undefined;
  const child = {
    id: 'middle-1',
    state: () => ready,
    incarnation: () => (clock.now() < crashAt ? 4 : 5),
    drain: () => void (drained = true),
    async stop() {
      expect(drained).toBe(true);
      stopped = clock.now();
    },
  };
  const done = stopDrained(child, { clock, scheduler, graceMs: 1, callers: () => callers, isStopped });
  await run(60_000);
  await done;
  for (const leaving of asked) expect(leaving).toEqual({ node: 'middle-1', incarnation: 4 });
  return stopped!;
}

test.each([
  ['as soon as all callers know', [300, 500], 500, 900],
  ['after 4 s, where the view reaches one caller so late', [300, 4_000], 4_000, 4_400],
  ['after 10 s at the latest, where a caller hangs', [300, Infinity], 10_000, 11_000],
  ['after 1.5 s, where no caller can be asked', [], 1_500, 1_500],
])('a node that drains stops %s', async (_when, learntAt, from, to) => {
  const at = await stoppedAt(learntAt);
  expect(at).toBeGreaterThanOrEqual(from);
  expect(at).toBeLessThanOrEqual(to);
});

test.each<[string, Readonly<Record<string, ChildState['state']>>, readonly string[]]>([
  ['all other nodes', { 'monitor-1': 'ready', 'monitor-2': 'stopped', 'a-1': 'ready', 'a-2': 'ready' }, ['a-2']],
  ['nobody while no monitor runs', { 'monitor-1': 'held', 'monitor-2': 'stopped', 'a-1': 'ready', 'a-2': 'ready' }, []],
  ['nobody in a container, whose watchdog knows one node', { 'a-1': 'ready' }, []],
])('a node that leaves is avoided by %s', (_who, states, expected) => {
  const nodes = ['monitor', 'a'].map((name) => ({ name, components: [name], replicas: 2 }));
  const topology = madeTopology(nodes);
  const children = Object.entries(states).map(([id, state]): Caller => ({
    id,
    state: () => ({ state }) as ChildState,
    avoids: async () => true,
  }));
  const asked = callersOf('a-1', { topology: () => topology, children: () => children });
  expect(asked.map(({ id }) => id).filter((id) => !id.startsWith('monitor'))).toEqual(expected);
});

test('a node that crashes while it drains is stopped before its next process serves', async () => {
  expect(await stoppedAt([Infinity], 'ready', { crashAt: 2_000 })).toBeLessThan(3_000);
});

test('nobody waits for a caller that does not run', async () => {
  expect(await stoppedAt([Infinity, Infinity], 'stopped')).toBeLessThan(500);
});

test('nobody waits for a caller that is stopped by a signal', async () => {
  expect(await stoppedAt([300, Infinity], 'ready', { stopped: (pid) => pid === 1 })).toBeLessThan(900);
});

test('a caller that starts while the node drains may call it: the node waits', async () => {
  const at = await stoppedAt([1_500], (now) => (now < 1_000 ? 'starting' : 'ready'));
  expect(at).toBeGreaterThanOrEqual(1_500);
  expect(at).toBeLessThan(2_200);
});

test.each<[MemberState, number, boolean]>([
  ['alive', 4, false],
  ['suspect', 4, false],
  ['draining', 4, true],
  ['dead', 4, true],
  // The view is about an earlier process of the node.
  ['draining', 3, false],
])('a view in which the node is %s, incarnation %d: leaving %s', (state, incarnation, expected) => {
  const view = { monitor: 'm', version: 1, members: [{ node: 'a', state, incarnation }] };
  expect(saysLeaving(view, { node: 'a', incarnation: 4 })).toBe(expected);
  expect(saysLeaving(undefined, { node: 'a', incarnation: 4 })).toBe(false);
});

import { expect, test } from 'vitest';
import { createDirectory, usableEndpoints } from '../../../shared/cluster/directory.ts';
import { eject } from '../../../shared/rpc/layers/replicas/ejection.ts';
import { createPeers } from '../../../shared/rpc/layers/replicas/peers.ts';
import type { MemberState, View } from '../../../shared/membership/view.ts';
import { madeTopology } from '../../support/made-topology.ts';

const endpoints = ['a', 'b', 'c'].map((node) => ({ node, host: 'h', port: 1 }));
const view = (...states: MemberState[]): View => ({
  monitor: 'm',
  version: 1,
  members: states.map((state, i) => ({ node: 'abc'[i]!, state, incarnation: 1 })),
});

test.each<[string, View | undefined, string]>([
  ['everybody without a view', undefined, 'abc'],
  ['whoever is alive', view('alive', 'dead', 'alive'), 'ac'],
  ['nobody suspected while others are alive', view('suspect', 'alive', 'starting'), 'b'],
  [
    'everybody who stays when nobody is alive: the view is more likely wrong',
    view('dead', 'suspect', 'draining'),
    'ab',
  ],
  ['a limper rather than a liar', view('quarantined', 'draining', 'standby'), 'b'],
  ['a liar rather than nobody', view('quarantined', 'standby', 'standby'), 'a'],
  ['even those who leave when there is nobody else', view('draining', 'draining', 'draining'), 'abc'],
])('calls go to %s', (_what, seen, expected) => {
  expect(
    usableEndpoints(endpoints, seen)
      .map(({ node }) => node)
      .join(''),
  ).toBe(expected);
});

test('an endpoint names its process, so a new process is not blamed for the old one', () => {
  const topology = madeTopology([{ name: 'ranking', components: ['ranking'], replicas: 2 }]);
  let seen: View | undefined;
  const directory = createDirectory(
    () => topology,
    () => seen,
  );
  expect(directory.endpoints('ranking').map(({ incarnation }) => incarnation)).toEqual([undefined, undefined]);
  const member = (node: string, incarnation: number) => ({ node, state: 'alive' as const, incarnation });
  seen = { monitor: 'm', version: 1, members: [member('ranking-1', 4), member('ranking-2', 7)] };
  expect(directory.endpoints('ranking').map(({ incarnation }) => incarnation)).toEqual([4, 7]);
});

test('before the first view, calls go to the nodes that were ready when this node opened, until all have started', () => {
  const topology = madeTopology(['ranking', 'html'].map((name) => ({ name, components: [name], replicas: 3 })));
  let seen: View | undefined;
  let ready: readonly string[] | undefined = ['ranking-1', 'ranking-3'];
  const directory = createDirectory(
    () => topology,
    () => seen,
    () => ready,
  );
  const nodesOf = (component: string) => directory.endpoints(component).map(({ node }) => node);
  expect(nodesOf('ranking')).toEqual(['ranking-1', 'ranking-3']);
  // None of them is known to be ready: a guess is better than nothing.
  expect(nodesOf('html')).toHaveLength(3);
  ready = undefined;
  expect(nodesOf('ranking')).toHaveLength(3);
  ready = ['ranking-1'];
  const members = [1, 2, 3].map((i) => ({ node: `ranking-${i}`, state: 'alive' as const, incarnation: 1 }));
  seen = { monitor: 'm', version: 1, members };
  expect(nodesOf('ranking')).toHaveLength(3);
});

test('callers avoid a process, not the next process of the same node', () => {
  const group = createPeers({ now: () => 5, wall: () => 5 }).group({ component: 'ranking' });
  const first = group.get('ranking-1');
  expect(group.get('ranking-1', 4)).toBe(first);
  eject(first.ejection, 60_000);
  expect(group.get('ranking-1', 4)).toBe(first);
  const second = group.get('ranking-1', 7);
  expect(second).toMatchObject({ incarnation: 7, ejection: { until: 0, count: 0, admittedAt: 5 } });
  // An old view is no reason to go back.
  expect([group.get('ranking-1', 4), group.get('ranking-1')]).toEqual([second, second]);
});

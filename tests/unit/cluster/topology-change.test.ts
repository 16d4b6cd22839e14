import { expect, test } from 'vitest';
import { changeOf } from '../../../shared/cluster/topology-change.ts';
import type { NodeGroup, TopologyFile } from '../../../shared/cluster/topology.ts';
import { madeTopology } from '../../support/made-topology.ts';

const groups: readonly NodeGroup[] = [
  { name: 'monitor', components: ['monitor'], replicas: 1 },
  { name: 'database', components: ['database'], replicas: 2 },
  { name: 'html', components: ['html'], replicas: 2 },
  { name: 'gateway', components: ['gateway'], replicas: 2 },
];
const topology = (nodes: readonly NodeGroup[] = groups, more: Partial<TopologyFile> = {}) =>
  madeTopology(nodes, more, { portBase: 20_000 });
const without = (name: string) => groups.filter((group) => group.name !== name);
const change = (nodes: readonly NodeGroup[], more: Partial<TopologyFile> = {}) =>
  changeOf(topology(), topology(nodes, more));

test('nodes that stay keep their addresses, and new nodes get ports that nobody has', () => {
  const wanted = [
    { name: 'monitor', components: ['monitor'], replicas: 1 },
    { name: 'maker', components: ['html', 'ranking'], replicas: 2 },
    { name: 'database', components: ['database'], replicas: 3 },
    { name: 'gateway', components: ['gateway'], replicas: 3 },
  ];
  const { next, added, removed, problems } = changeOf(topology(), topology(wanted, { name: 'two' }));
  expect(problems).toEqual([]);
  expect(added.map(({ id }) => id)).toEqual(['maker-1', 'maker-2', 'database-3', 'gateway-3']);
  expect(removed.map(({ id }) => id)).toEqual(['html-1', 'html-2']);
  for (const node of topology().nodes) {
    const stayed = next.nodes.find(({ id }) => id === node.id);
    if (stayed) expect(stayed).toEqual(node);
  }
  const running = topology().nodes.flatMap(({ port, opsPort }) => [port, opsPort]);
  const given = added.flatMap(({ port, opsPort }) => [port, opsPort]);
  expect(given.filter((port) => running.includes(port))).toEqual([]);
  expect(new Set(given).size).toBe(given.length);
  expect(added.at(-1)).toMatchObject({ doors: { gateway: 21_002 } });
  expect(next.name).toBe('two');
});

test.each<[string, readonly NodeGroup[], Partial<TopologyFile>, RegExp]>([
  ['another style', groups, { style: 'layered' }, /style when it started/],
  ['another policy', groups, { policy: 'naive' }, /tierlab policy/],
  ['TLS', groups, { tls: true }, /do not understand each other/],
  [
    'another number of parts',
    [...without('database'), { name: 'database', components: ['database'], shards: 2, replicas: 1 }],
    {},
    /shards would change from 1 to 2/,
  ],
  [
    'another monitor',
    [...groups, { name: 'watch', components: ['monitor'], replicas: 1 }],
    {},
    /watch-1 would be added/,
  ],
  ['no gateway-2', [...without('gateway'), { name: 'gateway', components: ['gateway'], replicas: 1 }], {}, /gateway-2/],
  [
    'other work under the same name',
    [...without('html'), { name: 'html', components: ['html', 'ranking'], replicas: 2 }],
    {},
    /html-1 would get other work\. Give the group html another name/,
  ],
])('%s is refused with the reason', (_what, nodes, more, reason) => {
  expect(change(nodes, more).problems.join('\n')).toMatch(reason);
});

test('other routes to a node that stays are refused, and the same routes are no change', () => {
  const routed = (portShift: number) => [
    { name: 'html', components: ['html'], replicas: 1, routes: [{}, { portShift }] },
    ...without('html'),
  ];
  const problemsOf = (portShift: number) => changeOf(topology(routed(50)), topology(routed(portShift))).problems;
  expect(problemsOf(50)).toEqual([]);
  expect(problemsOf(60)).toEqual([expect.stringMatching(/^html-1 would get other routes\. Give the group html\b/)]);
});

test('the same topology is no change', () => {
  expect(change(groups)).toMatchObject({ added: [], removed: [], problems: [] });
});

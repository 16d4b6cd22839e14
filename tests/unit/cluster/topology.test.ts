import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Component } from '../../../shared/cluster/component.ts';
import { furtherAddresses } from '../../../shared/cluster/further-addresses.ts';
import { nodesHosting } from '../../../shared/cluster/topology.ts';
import { createDirectory } from '../../../shared/cluster/directory.ts';
import { parseTopology, topologyNames, TopologyError } from '../../../shared/cluster/topology-file.ts';
import { components, topologiesFolder, topologyNamed } from '../../support/topologies.ts';

const stub = (...calls: string[]): Component =>
  ({
    contract: { component: '', operations: {} },
    calls: Object.fromEntries(calls.map((name) => [name, {}])),
  }) as unknown as Component;

/** The problems of a topology file over made-up components. */
function problemsOf(text: string, known: Record<string, Component>): readonly string[] {
  try {
    parseTopology(text, 'test', known);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(TopologyError);
    return (error as TopologyError).problems;
  }
}
const group = (name: string, components: string[], more: object = {}): unknown => ({
  name,
  components,
  replicas: 1,
  ...more,
});

test('every topology of the repository can run', async () => {
  for (const name of await topologyNames(topologiesFolder)) expect((await topologyNamed(name)).name).toBe(name);
});

test('multitier has 21 nodes at the documented addresses', async () => {
  const topology = await topologyNamed('multitier');
  expect(topology.nodes).toHaveLength(21);
  const at = (id: string) => topology.nodes.find((node) => node.id === id)!;
  expect(at('client-1')).toMatchObject({ port: 8080, opsPort: 8580 });
  expect(at('gateway-1')).toMatchObject({ port: 8000, opsPort: 8500 });
  expect(at('gateway-2')).toMatchObject({ port: 8001, opsPort: 8501 });
  expect(at('control-1')).toMatchObject({ port: 8090, opsPort: 8590 });
  expect(at('monitor-1')).toMatchObject({ port: 7100, opsPort: 8100 });
  expect(nodesHosting(topology, 'database', 2).map((node) => node.id)).toEqual([
    'database-2-1',
    'database-2-2',
    'database-2-3',
  ]);
});

test('a port base that puts a door where browsers refuse to go is refused, with one that works', async () => {
  const at = (portBase: number) => topologyNamed('tiny', { portBase });
  await expect(at(9_000)).rejects.toThrow(/\bclient-1\b.*\b10080\b.*\b9020\b/);
  await expect(at(9_020)).resolves.toBeDefined();
});

test('the port base shifts every port by the same amount', async () => {
  const here = await topologyNamed('multitier');
  const there = await topologyNamed('multitier', { portBase: 20_000 });
  const ports = (topology: typeof here) => topology.nodes.flatMap((node) => [node.port, node.opsPort]);
  expect(ports(there)).toEqual(ports(here).map((port) => port + 13_000));
});

test('a node with several doors keeps a data port of its own', async () => {
  const topology = await topologyNamed('single-server');
  expect(topology.nodes).toMatchObject([{ port: 7100, doors: { client: 8080, gateway: 8000, console: 8090 } }]);
});

test('with TLS every door and ops port stays where it was, and public routes leave the data ports', async () => {
  for (const name of ['multitier', 'single-server']) {
    const plain = await topologyNamed(name);
    const tls = await topologyNamed(name, { tls: true });
    const addresses = ({ nodes }: typeof plain) => nodes.map(({ id, opsPort, doors }) => ({ id, opsPort, doors }));
    expect(addresses(tls)).toEqual(addresses(plain));
    expect(plain.nodes.every(({ port, publicPort }) => port === publicPort)).toBe(true);
    expect(tls.nodes.some(({ port, publicPort, doors }) => [publicPort, ...Object.values(doors)].includes(port))).toBe(
      false,
    );
  }
});

test('a group may name the ways to its nodes; a node listens at those that nobody else serves', () => {
  const routes = [{ portShift: 300, relayed: true }, {}, { host: '127.0.0.2' }, { portShift: 200 }];
  const text = JSON.stringify({ name: 'test', summary: 's', style: 'layered', nodes: [group('b', ['b'], { routes })] });
  const topology = parseTopology(text, 'test', { b: stub() });
  const [node] = topology.nodes;
  expect(furtherAddresses(node!, '127.0.0.1')).toEqual([
    { host: '127.0.0.2', port: 7100 },
    { host: '127.0.0.1', port: 7300 },
  ]);
  expect(furtherAddresses(node!, '0.0.0.0')).toEqual([{ host: '0.0.0.0', port: 7300 }]);
  expect(
    createDirectory(
      () => topology,
      () => undefined,
    ).endpoints('b'),
  ).toEqual([
    {
      node: 'b-1',
      host: '127.0.0.1',
      port: 7400,
      alternates: [
        { host: '127.0.0.1', port: 7100 },
        { host: '127.0.0.2', port: 7100 },
        { host: '127.0.0.1', port: 7300 },
      ],
    },
  ]);
});

/** A topology file as somebody writes it: one group on each line, the first one on line 6. */
const fileOf = (groups: readonly unknown[], more = ''): string =>
  `{\n  "name": "test",\n  "summary": "s",\n  "style": "layered",${more}\n  "nodes": [\n${groups
    .map((group) => `    ${JSON.stringify(group)}`)
    .join(',\n')}\n  ]\n}\n`;
const both = { a: stub('b'), b: stub(), database: stub(), gateway: stub(), client: stub() };

test.each([
  [
    'an unknown component',
    fileOf([group('y', ['b']), group('x', ['a', 'nonsense'])]),
    /^line 7: .*\bx\b.*\bnonsense\b.*\ba, b, database, gateway, client$/,
  ],
  [
    'a call to a component that is placed nowhere',
    fileOf([group('y', ['database']), group('x', ['a'])]),
    /^line 7: a calls b\b/,
  ],
  ['two groups of one name', fileOf([group('x', ['b']), group('x', ['b'])]), /^line 7: .*\bgroups\b.*\bx$/],
  ['a component named twice', fileOf([group('x', ['b', 'b'])]), /^line 6: group x\b.*\bb twice$/],
  ['shards without data', fileOf([group('x', ['b'], { shards: 2 })]), /^line 6: group x\b.*\bshards\b.*\bdatabase$/],
  [
    'two shards behind one node that does not say so',
    fileOf([group('one', ['database'], { shards: 2 }), group('two', ['database'])]),
    /^line 7: group two\b.*\b2 shards\b.*"shards" to 2\b/,
  ],
  [
    'groups that cut the data differently',
    fileOf([group('one', ['database'], { shards: 2 }), group('two', ['database'], { shards: 3 })]),
    /^line 6: group one\b.*\b2 shards\b.*\b3\b.*"shards" to 3\b/,
  ],
  [
    'a port that two nodes want',
    fileOf([group('c', ['client']), group('g', ['gateway'], { replicas: 81 })]),
    /^line 7: .*\bc-1 and g-81\b.*\b8080\b/,
  ],
  [
    'a route at the port of another node',
    fileOf([group('x', ['b']), group('y', ['database'], { routes: [{}, { portShift: -1 }] })]),
    /^line 7: .*\bx-1\b.*\by-1\b.*\b7100\b.*\bportShift$/,
  ],
  [
    'a route at the port of a later node',
    fileOf([group('y', ['database'], { routes: [{}, { portShift: 1 }] }), group('x', ['b'])]),
    /^line 6: .*\bx-1\b.*\by-1\b.*\b7101\b.*\bportShift$/,
  ],
  [
    'a route at a port that does not exist',
    fileOf([group('x', ['b']), group('y', ['database'], { routes: [{}, { portShift: -20_000 }] })]),
    /^line 7: .*\by-1\b.*-12899\b.*\b1024 to 65535\b/,
  ],
  [
    'a route at a port of the system',
    fileOf([group('x', ['b'], { routes: [{ portShift: -7_000 }] })]),
    /^line 6: .*\bx-1\b.*\b100\b.*\b1024 to 65535\b/,
  ],
  [
    'a group that is named like a node',
    fileOf([group('x', ['database'], { shards: 2 }), group('x-1', ['b'])]),
    /^line 7: group x-1\b.*\bnumber\b/,
  ],
  [
    'a vote of more replicas than there are',
    fileOf([group('y', ['database'], { replicas: 3 })], '\n  "policy": {\n    "quorum": { "f": 2 }\n  },'),
    /^line 6: policy\.quorum: "f": 2\b.*\b5 replicas\b.* 3 of database\b/,
  ],
  [
    'a vote on every call, and one replica of a shard',
    fileOf([group('y', ['database'], { shards: 2 })], '\n  "policy": {\n    "quorum": { "when": "always" }\n  },'),
    /^line 6: policy\.quorum: "when": "always" .*\b2 equal answers\b.* 1 of database\/1: every call would fail/,
  ],
  [
    'more replicas than a group may have',
    fileOf([group('y', ['b']), group('x', ['b'], { replicas: 101 })]),
    /^line 7: nodes\.1\.replicas: .* is wanted.*not 101$/,
  ],
  [
    'more nodes started than a group has replicas',
    fileOf([group('y', ['b']), group('x', ['b'], { replicas: 2, started: 3 })]),
    /^line 7: group x\b.*\b3\b.*\b2 replicas$/,
  ],
  [
    'standbys that nobody would find',
    fileOf([group('y', ['b']), group('g', ['gateway'], { standbys: { hot: 1 } })]),
    /^line 7: group g\b.*\bstandbys\b.*\bgateway\b/,
  ],
  [
    'standbys that nobody would promote',
    fileOf([group('y', ['b']), group('x', ['b'], { standbys: { hot: 1 } })]),
    /^line 7: group x\b.*\bstandbys\b.*\bmonitor\b/,
  ],
  [
    'places for nodes that nobody would call',
    fileOf([group('y', ['b']), group('x', ['b'], { replicas: 3, started: 1 })]),
    /^line 7: group x\b.*\b1 of 3 nodes\b.*\bmonitor\b/,
  ],
  [
    'an unknown field',
    fileOf([group('y', ['b']), group('x', ['b'], { replica: 2 })]),
    /^line 7: nodes\.1\.replica: .*\bname, components, replicas\b/,
  ],
  ['a missing field', fileOf([group('y', ['b']), { name: 'x' }]), /^line 7: nodes\.1\.components\b/],
  ['a bracket that closes nothing', fileOf([group('y', ['b'])]).replace('],', '},'), /^line 6: .* \},"replicas":1\}$/],
  ['a comma after the last group', fileOf([group('y', ['b'])]).replace('}\n', '},\n'), /^line 7: .* \]$/],
  ['a name without quotes', fileOf([]).replace('"style"', 'style'), /^line 4: .* style: "layered",$/],
  ['half a file', fileOf([group('y', ['b'])]).slice(0, -5), /^line 7: .*\bends too early$/],
  [
    'a field written twice',
    fileOf([group('y', ['b'])]).replace('"replicas":1', '"replicas":1,\n"replicas":3'),
    /^line 7: nodes\.0\.replicas\b.*\btwice\b.*\bline 6\b/,
  ],
  [
    'an object written twice',
    fileOf([group('y', ['b'])], '\n"policy":{"quorum":{"f":1}},\n"policy":{"quorum":{"f":1}},'),
    /^line 6: policy\b.*\btwice\b.*\bline 5\b/,
  ],
  ['an empty file', '', /^line 1: .*\bends too early$/],
  [
    'a mistake after a string with a DEL character',
    fileOf([]).replace('"name":', '"summary": "\u007f",\n"name"'),
    /^line 3: not JSON\b.* "/,
  ],
  ['a no-break space', fileOf([]).replace('"style"', '\u00a0"style"'), /^line 4: .*U\+00A0$/],
  ['a byte order mark', `\ufeff${fileOf([])}`, /^line 1: .*U\+FEFF$/],
])('%s is refused with the reason and the line', (_what, text, expected) => {
  const refused = problemsOf(text, both);
  expect(refused).toHaveLength(1);
  expect(refused[0]).toMatch(expected);
});

test('all problems of a file are told at once', () => {
  expect(problemsOf(fileOf([group('x', ['a', 'oops']), group('x', ['b', 'b'])]), both)).toHaveLength(3);
});

test('calls that go in a circle are refused with the circle', () => {
  const circle = { a: stub('b'), b: stub('c'), c: stub('a') };
  expect(problemsOf(fileOf([group('x', ['b', 'c']), group('y', ['a'])]), circle)).toEqual([
    expect.stringMatching(/^line 7: .*\ba -> b -> c -> a$/),
  ]);
});

test.each(['\r', '\r\n'])('lines that end with %j are counted', (end) => {
  const text = fileOf([group('y', ['b']), group('x', ['b'], { replicas: 101 })]).replaceAll('\n', end);
  expect(problemsOf(text, components)).toEqual([expect.stringMatching(/^line 7: nodes\.1\.replicas\b/)]);
});

test('a field in 20,000 brackets is refused with its line', () => {
  const text = fileOf([]).replace('"style"', `"deep": ${'['.repeat(20_000)}${']'.repeat(20_000)},\n"style"`);
  expect(problemsOf(text, components)).toContainEqual(expect.stringMatching(/^line 4: deep\b/));
});

test('a wrong value is refused with its line', () => {
  const text = readFileSync(`${topologiesFolder}/tiny.json`, 'utf8').replace('"object-based"', '"baroque"');
  expect(problemsOf(text, components)).toEqual([expect.stringMatching(/^line 6: style/)]);
});

test('a topology that does not exist is refused with those that do', async () => {
  await expect(topologyNamed('nonsense')).rejects.toThrow(/there are .*multitier/);
});

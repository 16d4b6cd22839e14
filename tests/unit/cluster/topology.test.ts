import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadComponents } from '../../../services/registry.ts';
import type { Component } from '../../../shared/cluster/component.ts';
import { furtherAddresses } from '../../../shared/cluster/further-addresses.ts';
import { nodesHosting } from '../../../shared/cluster/topology.ts';
import { createDirectory } from '../../../shared/cluster/directory.ts';
import { loadTopology, parseTopology, topologyNames, TopologyError } from '../../../shared/cluster/topology-file.ts';

const dir = new URL('../../../topologies/', import.meta.url).pathname;
const components = await loadComponents();
const stub = (...calls: string[]): Component =>
  ({
    contract: { component: '', operations: {} },
    calls: Object.fromEntries(calls.map((name) => [name, {}])),
  }) as unknown as Component;

/** The problems of a topology of these groups over made-up components. */
function problems(
  nodes: unknown[],
  known: Record<string, Component> = { a: stub('b'), b: stub(), database: stub(), gateway: stub() },
): string {
  try {
    parseTopology(JSON.stringify({ name: 'test', summary: 's', style: 'layered', nodes }), 'test', known);
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(TopologyError);
    return (error as TopologyError).problems.join('\n');
  }
}
const group = (name: string, components: string[], more: object = {}): unknown => ({
  name,
  components,
  replicas: 1,
  ...more,
});

test('every topology of the repository can run', async () => {
  for (const name of await topologyNames(dir)) expect((await loadTopology(name, dir, components)).name).toBe(name);
});

test('multitier has 21 nodes at the documented addresses', async () => {
  const topology = await loadTopology('multitier', dir, components);
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
  const at = (portBase: number) => loadTopology('tiny', dir, components, { portBase });
  await expect(at(9_000)).rejects.toThrow(/client-1 would be at port 10080.*for example 9020/);
  await expect(at(9_020)).resolves.toBeDefined();
});

test('the port base shifts every port by the same amount', async () => {
  const here = await loadTopology('multitier', dir, components);
  const there = await loadTopology('multitier', dir, components, { portBase: 20_000 });
  const ports = (topology: typeof here) => topology.nodes.flatMap((node) => [node.port, node.opsPort]);
  expect(ports(there)).toEqual(ports(here).map((port) => port + 13_000));
});

test('a node with several doors keeps a data port of its own', async () => {
  const topology = await loadTopology('single-server', dir, components);
  expect(topology.nodes).toMatchObject([{ port: 7100, doors: { client: 8080, gateway: 8000, console: 8090 } }]);
});

test('with TLS every door and ops port stays where it was, and public routes leave the data ports', async () => {
  for (const name of ['multitier', 'single-server']) {
    const plain = await loadTopology(name, dir, components);
    const tls = await loadTopology(name, dir, components, { tls: true });
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
  expect(createDirectory(topology, () => undefined).endpoints('b')).toEqual([
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

test.each([
  [
    'an unknown component',
    [group('x', ['a', 'b', 'nonsense'])],
    'group x names the unknown component nonsense; there are a, b, database, gateway',
  ],
  ['a call to a component that is placed nowhere', [group('x', ['a'])], 'a calls b, which is placed on no node'],
  ['two groups of one name', [group('x', ['b']), group('x', ['b'])], 'two groups are named x'],
  ['a component named twice', [group('x', ['b', 'b'])], 'group x names b twice'],
  ['shards without data', [group('x', ['b'], { shards: 2 })], 'group x has shards but hosts no database'],
])('%s is refused in a sentence', (_what, nodes, sentence) => {
  expect(problems(nodes)).toBe(sentence);
});

test('a port that two nodes want is refused with both names', () => {
  const many = { gateway: stub(), client: stub() };
  expect(problems([group('g', ['gateway'], { replicas: 81 }), group('c', ['client'])], many)).toContain(
    'both g-81 and c-1 need port 8080',
  );
});

test('calls that go in a circle are refused with the circle', () => {
  const circle = { a: stub('b'), b: stub('c'), c: stub('a') };
  expect(problems([group('x', ['a', 'b', 'c'])], circle)).toBe('calls go in a circle: a -> b -> c -> a');
});

test('broken files are refused with the place', () => {
  expect(() => parseTopology('{', 'broken', components)).toThrow(/topology broken: not JSON/);
  const text = readFileSync(`${dir}/tiny.json`, 'utf8').replace('"object-based"', '"baroque"');
  expect(() => parseTopology(text, 'tiny', components)).toThrow(/style/);
});

test('a topology that does not exist is refused with those that do', async () => {
  await expect(loadTopology('nonsense', dir, components)).rejects.toThrow(/there are .*multitier/);
});

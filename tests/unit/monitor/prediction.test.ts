import { expect, test } from 'vitest';
import { availabilityReport } from '../../../services/monitor/availability-report.ts';
import { predict } from '../../../services/monitor/prediction.ts';
import type { NodeGroup } from '../../../shared/cluster/topology.ts';
import { madeTopology } from '../../support/made-topology.ts';
import { topologyNamed } from '../../support/topologies.ts';

const of = (...nodes: NodeGroup[]) => madeTopology(nodes);
const each = (a: number) => ({ availabilityOf: () => a });

test('four servers that each fail with probability .05 fail together with .05^4: the numbers of the course', () => {
  const { whole } = predict(of({ name: 'server', components: ['app'], replicas: 4 }), each(0.95));
  expect(1 - whole).toBeCloseTo(0.05 ** 4, 12);
  expect((1 - whole).toFixed(6)).toBe('0.000006');
  expect(`${(whole * 100).toFixed(4)}%`).toBe('99.9994%');
});

test('one failure of ten with a cause in common makes the four servers 800 times worse', () => {
  const four = of({ name: 'server', components: ['app'], replicas: 4 });
  const { whole } = predict(four, { ...each(0.95), commonCause: 0.1 });
  expect((1 - whole) / 0.05 ** 4).toBeCloseTo(800.7, 0);
  expect(1 - predict(four, { ...each(0.95), commonCause: 1 }).whole).toBeCloseTo(0.05, 12);
});

test('what a request needs stands in series, its replicas in parallel', () => {
  const tiers = of(
    { name: 'app', components: ['app'], replicas: 1 },
    { name: 'database', components: ['database'], replicas: 2, shards: 3 },
  );
  expect(predict(tiers, each(0.9)).whole).toBeCloseTo(0.9 * 0.99 ** 3, 12);
});

test('k of n: a majority of three', () => {
  const three = of({ name: 'database', components: ['database'], replicas: 3 });
  const { services } = predict(three, { ...each(0.9), needed: { database: 2 } });
  expect(services[0]).toMatchObject({ needed: 2, replicas: 3 });
  expect(services[0]!.predicted).toBeCloseTo(0.9 ** 3 + 3 * 0.9 ** 2 * 0.1, 12);
});

test('components of one node fail together, and are not multiplied', () => {
  const one = of({ name: 'server', components: ['app', 'query', 'database'], replicas: 1 });
  expect(predict(one, each(0.95)).whole).toBeCloseTo(0.95, 12);
});

test('nodes with availabilities of their own', () => {
  const two = of({ name: 'app', components: ['app'], replicas: 2 });
  const { whole } = predict(two, { availabilityOf: (node) => (node === 'app-1' ? 0.5 : 0.8) });
  expect(whole).toBeCloseTo(1 - 0.5 * 0.2, 12);
});

test.each([
  ['single-server', 0.95, ['server-1']],
  ['multi-server', 0.95 ** 4 * (1 - 0.05 ** 2), ['server-1-1', 'server-2-1', 'server-3-1', 'server-4-1']],
  ['service-across-servers', (1 - 0.05 ** 2) ** 2 * 0.95 ** 2, ['middle-1', 'client-1']],
  ['multitier', 0.95 * (1 - 0.05 ** 2) ** 4 * (1 - 0.05 ** 3) ** 3, ['client-1']],
])('%s: what it promises, and who can stop the whole', async (name, promised, stopping) => {
  const { whole, stopTheWhole } = predict(await topologyNamed(name), each(0.95));
  expect(whole).toBeCloseTo(promised, 12);
  expect(stopTheWhole).toEqual(stopping);
});

test('a service without data is up while any node has it, though the nodes hold different shards', async () => {
  const topology = await topologyNamed('multi-server');
  const { services } = availabilityReport(topology, [], { from: 0, to: 1 });
  const shown = services.map(({ name, replicas, expected }) => [name, replicas, expected]);
  expect(shown).toContainEqual(['query', 4, 1]);
  expect(predict(topology, each(0.9)).services.find(({ name }) => name === 'query')).toMatchObject({
    parts: 1,
    replicas: 4,
    predicted: expect.closeTo(1 - 0.1 ** 4, 12),
  });
});

import { expect, test } from 'vitest';
import { describe as described } from '../../../services/console/architecture/describe.ts';
import { components, topologyNamed } from '../../support/topologies.ts';

const multitier = await topologyNamed('multitier');

test('every component of a topology has a function, and the operations of its contract', () => {
  const { components: list } = described(multitier);
  expect(list.map(({ name }) => name).toSorted()).toEqual(
    [...new Set(multitier.nodes.flatMap((node) => node.components))].toSorted(),
  );
  for (const { name, purpose, operations } of list) {
    expect([name, purpose]).toEqual([name, expect.stringMatching(/\.$|: this page\.$/)]);
    expect([name, operations.map((it) => it.name)]).toEqual([name, Object.keys(components[name]!.contract.operations)]);
  }
});

test('relationships follow the style of interaction, and name nobody who is not there', async () => {
  const of = (topology: typeof multitier, name: string) =>
    described(topology).components.find((component) => component.name === name)!;
  expect(of(multitier, 'ranking')).toMatchObject({ calls: [], calledBy: ['app'] });
  expect(of({ ...multitier, style: 'layered' }, 'ranking')).toMatchObject({ calls: ['query'], calledBy: ['html'] });
  const single = described(await topologyNamed('single-server'));
  const names = single.components.map(({ name }) => name);
  for (const { calls } of single.components) expect(names).toEqual(expect.arrayContaining([...calls]));
});

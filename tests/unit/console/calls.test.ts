import { expect, test } from 'vitest';
import { calls, tiersOf } from '../../../services/console/calls.ts';
import { loadComponents } from '../../../services/registry.ts';
import { loadTopology } from '../../../shared/cluster/topology-file.ts';

const dir = new URL('../../../topologies/', import.meta.url).pathname;
const components = await loadComponents();

test('the table of calls says what the components themselves say', () => {
  const stated = Object.fromEntries(
    Object.keys(components).map((name) => [name, [...new Set(Object.values(calls[name] ?? {}).flat())].toSorted()]),
  );
  const real = Object.fromEntries(
    Object.entries(components).map(([name, { calls: its }]) => [name, Object.keys(its).toSorted()]),
  );
  expect(stated).toEqual(real);
});

test('the tiers stand in the order of a request, for both styles and for one server', async () => {
  const multitier = await loadTopology('multitier', dir, components);
  expect(tiersOf(multitier)).toEqual({
    tiers: [['client'], ['gateway'], ['app'], ['query', 'ranking', 'html'], ['database']],
    control: ['monitor', 'control'],
  });
  expect(tiersOf({ ...multitier, style: 'layered' }).tiers).toEqual([
    ['client'],
    ['gateway'],
    ['app'],
    ['html'],
    ['ranking'],
    ['query'],
    ['database'],
  ]);
  expect(tiersOf(await loadTopology('single-server', dir, components)).tiers).toEqual([['server']]);
});

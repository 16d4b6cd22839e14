import { expect, test } from 'vitest';
import { contracts } from '../../../services/console/contracts.ts';
import { tiersOf } from '../../../services/console/tiers.ts';
import { components, topologyNamed } from '../../support/topologies.ts';

test('a contract names the components that its component calls, in one style or the other', () => {
  const stated = Object.values(components).map(({ contract: { component, calls } }) => [
    component,
    [...new Set(Object.values(calls).flat())].toSorted(),
  ]);
  const real = Object.entries(components).map(([name, { calls }]) => [name, Object.keys(calls).toSorted()]);
  expect(stated).toEqual(real);
});

test('the console knows the contract of every component', () => {
  expect([...contracts.values()]).toEqual(Object.values(components).map(({ contract }) => contract));
});

test('the tiers stand in the order of a request, for both styles and for one server', async () => {
  const multitier = await topologyNamed('multitier');
  expect(tiersOf(multitier)).toEqual({
    tiers: [['client'], ['gateway'], ['app'], ['query', 'ranking', 'html'], ['database']],
    control: ['monitor', 'control'],
    relations: [
      ['query', 'database'],
      ['app', 'database'],
      ['app', 'query'],
      ['app', 'ranking'],
      ['app', 'html'],
      ['gateway', 'app'],
      ['client', 'gateway'],
    ].map(([from, to]) => ({ from, to })),
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
  expect(tiersOf(await topologyNamed('single-server'))).toMatchObject({
    tiers: [['server']],
    relations: [],
  });
});

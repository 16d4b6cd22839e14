import { expect, test } from 'vitest';
import type { Component } from '../../../shared/cluster/component.ts';
import { createRole } from '../../../shared/cluster/role.ts';
import { expandTopology, parseTopology } from '../../../shared/cluster/topology-file.ts';
import { startedNodes, type TopologyNode } from '../../../shared/cluster/topology.ts';
import type { StandbyKind } from '../../../shared/membership/fencing.ts';
import type { Call } from '../../../shared/rpc/call.ts';

const file = (groups: object[]) => ({ name: 'test', summary: '', style: 'layered' as const, nodes: groups });
const component = { contract: { component: '', operations: {} }, calls: {} } as unknown as Component;
const components = { database: component, ranking: component, gateway: component, monitor: component };

test('standbys follow the replicas of each shard, the most ready first; cold ones are not started', () => {
  const group = { name: 'database', components: ['database'], replicas: 2, shards: 2, standbys: { cold: 1, hot: 1 } };
  const topology = expandTopology(file([group]) as never);
  expect(topology.nodes.map(({ id, shard, standby }) => [id, shard, standby])).toEqual([
    ['database-1-1', 1, undefined],
    ['database-1-2', 1, undefined],
    ['database-1-3', 1, 'hot'],
    ['database-1-4', 1, 'cold'],
    ['database-2-1', 2, undefined],
    ['database-2-2', 2, undefined],
    ['database-2-3', 2, 'hot'],
    ['database-2-4', 2, 'cold'],
  ]);
  expect(startedNodes(topology)).toHaveLength(6);
});

test.each([
  [
    { name: 'gateway', components: ['gateway'], replicas: 1, standbys: { hot: 1 } },
    /gateway has standbys but hosts gateway/,
  ],
  [{ name: 'monitor', components: ['monitor'], replicas: 1, standbys: { warm: 1 } }, /nobody would find them/],
  [{ name: 'ranking', components: ['ranking'], replicas: 1, standbys: { lukewarm: 1 } }, /standbys/],
  [{ name: 'ranking', components: ['ranking'], replicas: 1, standbys: { hot: 0 } }, /standbys/],
])('a topology with %j is refused', (group, words) => {
  expect(() => parseTopology(JSON.stringify(file([group])), 'test', components)).toThrow(words);
});

/** A node's role; `said` lists its phases and `open` when it loads. */
function role(standby?: StandbyKind, open = async () => {}) {
  const said: string[] = [];
  const node = {
    id: 'r-2',
    group: 'r',
    components: ['ranking'],
    ...(standby && { standby }),
  } as unknown as TopologyNode;
  const it = createRole({
    node,
    setPhase: (phase) => said.push(phase),
    async open() {
      said.push('open');
      await open();
    },
    onFailure: (error) => said.push((error as Error).message),
  });
  const promote = (to: string, instead: string, token: number) =>
    it.follow({ monitor: 'm', version: token, members: [], promotions: [{ node: to, instead, token }] });
  const call = (priority: Call['priority'] = 'read') =>
    it
      .layer(async () => ({ body: 'served', servedBy: [] }))({ priority } as Call)
      .then(
        ({ body }) => body,
        (error: Error) => error.message,
      );
  return { ...it, said, promote, call };
}

test('a node serves its role; when a standby has that role, the node answers only health checks', async () => {
  const { said, begin, promote, call, token } = role();
  await begin();
  expect(await call()).toBe('served');
  promote('r-3', 'r-2', 4);
  expect(await call()).toMatch(/^r-2\b.*\br-3\b.*\btoken 4\b/);
  expect(await call('health')).toBe('served');
  promote('r-2', 'r-2', 5);
  expect([await call(), token()]).toEqual(['served', 5]);
  expect(said).toEqual(['open', 'ready', 'standby', 'ready']);
});

test.each([
  ['hot', ['open', 'standby', 'ready']],
  ['cold', ['open', 'standby', 'ready']],
  ['warm', ['standby', 'starting', 'open', 'ready']],
] as const)('a %s standby says %j', async (kind, expected) => {
  const { said, begin, promote, call } = role(kind);
  await begin();
  expect(await call()).toMatch(/it stands by/);
  promote('r-2', 'r-1', 1);
  await Promise.resolve();
  await Promise.resolve();
  expect(said).toEqual(expected);
  expect(await call()).toBe('served');
});

test('a promotion during the start of a node is kept, and one during its stop changes nothing', async () => {
  const opening = Promise.withResolvers<void>();
  const { said, begin, promote, leave } = role('hot', () => opening.promise);
  const begun = begin();
  promote('r-2', 'r-1', 1);
  expect(said).toEqual(['open']);
  opening.resolve();
  await begun;
  expect(said).toEqual(['open', 'ready']);
  leave();
  promote('r-4', 'r-1', 2);
  expect(said).toEqual(['open', 'ready']);
});

test('a warm standby that cannot open says so', async () => {
  const { said, begin, promote } = role('warm', () => Promise.reject(new Error('no data')));
  await begin();
  promote('r-2', 'r-1', 1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(said).toEqual(['standby', 'starting', 'open', 'no data']);
});

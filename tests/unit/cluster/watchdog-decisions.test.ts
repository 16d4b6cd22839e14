import { expect, test } from 'vitest';
import type { Component } from '../../../shared/cluster/component.ts';
import type { NodeGroup, TopologyNode } from '../../../shared/cluster/topology.ts';
import { backoff, onCrash } from '../../../shared/cluster/watchdog/backoff.ts';
import type { PolicyFile } from '../../../shared/rpc/policy.ts';
import { startParts, startWaves } from '../../../shared/cluster/watchdog/start-order.ts';
import { madeTopology } from '../../support/made-topology.ts';

test('restarts wait twice as long each time, until the process is given up', () => {
  let crashes: readonly number[] = [];
  const delays: (number | string)[] = [];
  for (let i = 0; i < backoff.maxCrashes; i++) {
    const decision = onCrash(crashes, 50, i * 1_000);
    crashes = decision.crashes;
    delays.push(decision.action === 'restart' ? decision.delayMs : decision.action);
  }
  expect(delays).toEqual([100, 200, 400, 800, 'give-up']);
});

test('a process that ran for long starts with a clean slate', () => {
  expect(onCrash([1, 2, 3, 4], backoff.stableAfterMs, 20_000)).toMatchObject({
    action: 'restart',
    delayMs: backoff.firstDelayMs,
  });
});

test('crashes further apart than the window never make a crash loop', () => {
  let crashes: readonly number[] = [];
  for (let i = 1; i < 50; i++) {
    const decision = onCrash(crashes, 9_000, i * 20_000);
    expect(decision.action).toBe('restart');
    crashes = decision.crashes;
  }
});

test('nodes start after everything that they call', () => {
  const components = Object.fromEntries(
    Object.entries({ top: ['middle'], middle: ['data', 'helper'], helper: ['data'], data: [] }).map(([name, calls]) => [
      name,
      { calls: Object.fromEntries(calls.map((callee) => [callee, {}])) } as unknown as Component,
    ]),
  );
  const node = (id: string, ...hosted: string[]) => ({ id, components: hosted }) as unknown as TopologyNode;
  const waves = startWaves(
    [node('t', 'top'), node('h', 'helper', 'data'), node('m', 'middle'), node('d1', 'data'), node('d2', 'data')],
    components,
  );
  expect(waves.map((wave) => wave.map(({ id }) => id))).toEqual([['d1', 'd2'], ['h'], ['m'], ['t']]);
});

const partsOf = (nodes: readonly NodeGroup[], policy?: PolicyFile) => {
  const topology = madeTopology(nodes, policy && { policy });
  return startParts(topology, topology.nodes).map((part) => part.map(({ id }) => id).join(' '));
};
const monitor: NodeGroup = { name: 'monitor', components: ['monitor'], replicas: 2 };
const data: NodeGroup = { name: 'data', components: ['database'], shards: 2, replicas: 2 };
const html: NodeGroup = { name: 'html', components: ['html'], replicas: 3, started: 2, standbys: { hot: 1, cold: 1 } };

test('one node of each group and shard starts first, without the control plane', () => {
  expect(partsOf([monitor, data, html])).toEqual([
    'data-1-1 data-2-1 html-1',
    'monitor-1 monitor-2 data-1-2 data-2-2 html-2 html-4',
  ]);
});

test('a node of the control plane that also serves users starts first', () => {
  expect(partsOf([{ name: 'all', components: ['html', 'monitor'], replicas: 2 }])).toEqual(['all-1', 'all-2']);
});

test.each<[string, readonly NodeGroup[], PolicyFile | undefined]>([
  ['no monitor could announce the nodes that follow', [data], undefined],
  ['every call is put to the vote', [monitor, data], { quorum: { when: 'always' } }],
  [
    'every call of one operation is put to the vote',
    [monitor, data],
    { quorum: { operations: { 'database.find': { when: 'always' } } } },
  ],
])('all nodes start together where %s', (_why, nodes, policy) => {
  expect(partsOf(nodes, policy)[1]).toBe('');
});

import { expect, test } from 'vitest';
import type { Digest, Heartbeat } from '../../../services/monitor/contract.ts';
import { createSenderChecks, isPossible } from '../../../services/monitor/sender-checks.ts';
import { madeTopology } from '../../support/made-topology.ts';

const topology = madeTopology([
  { name: 'monitor', components: ['monitor'], replicas: 2 },
  { name: 'ranking', components: ['ranking'], replicas: 2, standbys: { hot: 1 } },
  { name: 'app', components: ['app'], replicas: 1 },
]);
const { checkBeat, checkDigest } = createSenderChecks({
  monitor: 'monitor-1',
  topology,
  greatestIncarnation: 10_000,
  newestToken: () => 3,
});

const beat: Heartbeat = { node: 'app-1', incarnation: 9_000, sequence: 1, phase: 'ready', viewVersion: 0 };
const digest: Digest = { monitor: 'monitor-2', doubtsItself: false, members: [], orders: [], promotions: [] };
const member = { node: 'app-1', incarnation: 10_001, silentMs: 0, verdict: 'healthy' } as const;

test('what a node says of itself is heard, and a token that was just given, too', () => {
  expect(() => checkBeat(beat)).not.toThrow();
  expect(() => checkBeat({ ...beat, token: 4 })).not.toThrow();
  expect(() => checkDigest(digest, 'monitor-2')).not.toThrow();
});

test('a token after which no other could come is refused', () => {
  expect(() => checkBeat({ ...beat, token: Number.MAX_SAFE_INTEGER })).toThrow(/token/);
});

test.each<[string, Partial<Digest>, string | undefined, RegExp]>([
  ['of a monitor that does not exist', { monitor: 'nobody' }, undefined, /not another monitor/],
  ['of a node that is no monitor', { monitor: 'app-1' }, 'app-1', /not another monitor/],
  ['in its own name', { monitor: 'monitor-1' }, undefined, /not another monitor/],
  ['sent by another', {}, 'app-1', /speaks in the name/],
  ['about such an incarnation', { members: [member] }, 'monitor-2', /incarnation/],
])('a digest %s is refused', (_what, more, caller, why) => {
  expect(() => checkDigest({ ...digest, ...more }, caller)).toThrow(why);
});

test.each<[string, string, number, boolean]>([
  ['ranking-3', 'ranking-1', 4, true],
  // It lost its role, came back, and got it back.
  ['ranking-1', 'ranking-1', 5, true],
  ['app-1', 'ranking-1', 4, false],
  ['ranking-9', 'ranking-1', 4, false],
  ['ranking-3', 'nobody', 4, false],
  ['ranking-3', 'ranking-1', Number.MAX_SAFE_INTEGER, false],
])('%s instead of %s with token %d: possible is %s', (node, instead, token, possible) => {
  expect(isPossible({ node, instead, token }, topology, 3)).toBe(possible);
});

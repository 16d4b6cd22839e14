import { expect, test } from 'vitest';
import { createDetector, defaultTimeouts, stateOf } from '../../../services/monitor/detector.ts';
import type { Heartbeat } from '../../../services/monitor/contract.ts';

const beat = (node: string, more: Partial<Heartbeat> = {}): Heartbeat => ({
  node,
  incarnation: 1,
  sequence: 0,
  phase: 'ready',
  viewVersion: 0,
  ...more,
});

test.each([
  ['ready', 0, 'alive'],
  ['ready', 1_000, 'alive'],
  ['ready', 1_001, 'suspect'],
  ['ready', 1_750, 'suspect'],
  ['ready', 1_751, 'dead'],
  ['starting', 0, 'starting'],
  ['draining', 500, 'draining'],
  ['draining', 2_000, 'dead'],
] as const)('a node that said %s and was silent for %d ms is %s', (phase, silentMs, state) => {
  expect(stateOf(phase, silentMs, defaultTimeouts)).toBe(state);
});

test('the version grows with every change and with nothing else', () => {
  const detector = createDetector('monitor-1', ['a', 'b'], 100);
  const versions = [detector.view(0).version];
  detector.heard(beat('a'), 10);
  versions.push(detector.view(10).version, detector.view(900).version);
  detector.heard(beat('a', { sequence: 1 }), 900);
  versions.push(detector.view(900).version, detector.view(3_000).version);
  detector.heard(beat('a', { incarnation: 2 }), 3_100);
  versions.push(detector.view(3_100).version);
  expect(versions).toEqual([101, 102, 102, 102, 103, 104]);
});

test('a heartbeat of an earlier life does not revive a node', () => {
  const detector = createDetector('monitor-1', ['a'], 0);
  detector.heard(beat('a', { incarnation: 5 }), 0);
  detector.heard(beat('a', { incarnation: 4 }), 2_000);
  expect(detector.view(2_000).members).toMatchObject([{ node: 'a', state: 'dead', incarnation: 5 }]);
});

test('heartbeats of nodes outside the topology are ignored', () => {
  const detector = createDetector('monitor-1', ['a'], 0);
  detector.heard(beat('stranger'), 0);
  expect(detector.view(0).members.map(({ node }) => node)).toEqual(['a']);
});

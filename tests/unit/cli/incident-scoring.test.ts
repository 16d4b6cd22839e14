import { expect, test } from 'vitest';
import { faultKinds } from '../../../shared/faults/kinds.ts';
import { verdicts } from '../../../shared/membership/verdict.ts';
import { exitTruths, expectedVerdicts, score, truthsIn, type Truth } from '../../../cli/incident-scoring.ts';
import { failure } from '../monitor/failure.ts';

const truth = (kind: string, node: string, injectedAt: number, endedAt: number): Truth => ({
  id: `${kind}-${injectedAt}`,
  kind,
  node,
  injectedAt,
  endedAt,
});
const scoring = { nodes: 10, observedMs: 3_600_000, graceMs: 1_000 };

test('the confusion matrix joins faults and incidents by node and time; the rest are misses and false alarms', () => {
  const truths = [
    truth('stop.kill', 'r-1', 9_000, 12_000),
    truth('limp.latency', 'r-1', 50_000, 60_000),
    truth('byz.rank', 'r-2', 0, 9_000),
  ];
  const incidents = [
    failure(10_000, [100, 100, 100]),
    { ...failure(60_500, [100, 100, 100]), verdict: 'hung' as const },
    failure(200_000, [1, 1, 1]),
  ];
  const result = score(truths, incidents, scoring);
  expect(result.confusion).toEqual({
    'stop.kill': { crashed: 1 },
    'limp.latency': { hung: 1 },
    'byz.rank': { unseen: 1 },
  });
  expect(result.falseAlarms.map(({ id }) => id)).toEqual(['i-200000']);
  expect(result.falseAlarmsPerNodeHour).toBeCloseTo(0.1, 10);
  expect(result.censored.map(({ kind }) => kind)).toEqual(['byz.rank']);
  expect(result.explained[0]?.incident.stamps.inject).toBe(9_000);
});

test('an incident before its fault, or of another node, is not explained by it', () => {
  const truths = [truth('stop.kill', 'r-1', 11_000, 12_000), truth('stop.kill', 'r-2', 9_000, 12_000)];
  const result = score(truths, [failure(10_000, [1, 1, 1])], scoring);
  expect(result.falseAlarms).toHaveLength(1);
  expect(result.confusion).toEqual({ 'stop.kill': { unseen: 2 } });
});

test('every kind of fault has its expected verdicts, each a verdict that exists', () => {
  for (const kind of faultKinds.keys()) {
    for (const verdict of expectedVerdicts(kind)) expect(verdicts).toContain(verdict);
    const harmless = ['none', 'clock.skew', 'net.duplicate', 'limp.disk'];
    expect(expectedVerdicts(kind).length > 0).toBe(!harmless.includes(kind));
  }
});

test('the journal is the truth: a halt ends all faults, and a mere participant need not be noticed', () => {
  const line = (at: number, event: string, id: string, target: string, more = {}) =>
    Object.assign({ at, event, id, target, kind: 'net.drop' }, more);
  const truths = truthsIn([
    line(1, 'undo', 'f-1', 'r-1'),
    line(2, 'inject', 'f-1', 'r-1', { casualty: true }),
    line(2, 'inject', 'f-1', 'r-2', { casualty: false }),
    line(3, 'inject', 'f-2', 'r-3'),
    line(5, 'heal', 'f-1', 'r-1'),
    line(7, 'halt', '*', '*'),
    line(8, 'undo', 'f-4', 'r-5'),
    line(8, 'heal', 'f-4', 'r-5'),
    line(8, 'inject', 'f-4', 'r-5'),
    line(9, 'inject', 'f-3', 'r-4'),
  ]);
  expect(truths.map(({ node, injectedAt, endedAt, bystander }) => [node, injectedAt, endedAt, bystander])).toEqual([
    // It could show from its announcement on.
    ['r-1', 1, 5, undefined],
    ['r-2', 2, 7, true],
    ['r-3', 3, 7, undefined],
    ['r-4', 9, undefined, undefined],
  ]);
  const alarm = { ...failure(4, [0, 1, 1]), node: 'r-2' };
  const result = score(truths, [alarm], { nodes: 4, observedMs: 3_600_000, graceMs: 10 });
  expect(result.falseAlarms).toEqual([]);
  expect(result.confusion).toEqual({ 'net.drop': { unseen: 3 } });
});

test('an incident belongs to the last fault that may have caused it', () => {
  const truths = [truth('limp.latency', 'r-1', 0, 5_000), truth('stop.kill', 'r-1', 8_000, 9_000)];
  const crashes = [{ ...failure(8_500, [0, 100, 500]), verdict: 'crashed' as const }];
  const result = score(truths, crashes, { nodes: 1, observedMs: 3_600_000, graceMs: 12_000 });
  expect(result.confusion).toEqual({ 'limp.latency': { unseen: 1 }, 'stop.kill': { crashed: 1 } });
  expect(result.falseAlarms).toEqual([]);
});

test('a process killed by hand is no false alarm; one killed by a fault belongs to that fault', () => {
  const injected = [truth('limp.cpu', 'r-2', 0, 5_000)];
  const nodes = [
    { id: 'r-1', exits: [{ at: 10_000 }] },
    { id: 'r-2', exits: [{ at: 4_000 }] },
  ];
  const truths = [...injected, ...exitTruths(nodes, injected, 1_000)];
  const crashes = [failure(10_100, [0, 100, 500]), { ...failure(4_100, [0, 100, 500]), node: 'r-2' }];
  const result = score(truths, crashes, { nodes: 2, observedMs: 3_600_000, graceMs: 1_000 });
  expect(result.confusion).toEqual({ 'limp.cpu': { crashed: 1 }, 'exit, not injected': { crashed: 1 } });
  expect(result.falseAlarms).toEqual([]);
});

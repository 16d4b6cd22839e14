import { expect, test } from 'vitest';
import type { Snapshot } from '../../../services/console/live/snapshot.ts';
import { nextMoment, replayOf } from '../../../services/console/page/replayed.ts';
import { stepsOf } from '../../../services/console/page/steps.ts';
import type { Incident } from '../../../services/monitor/incident.ts';

const limp: Incident = {
  id: 'a',
  node: 'app-2',
  stamps: { manifest: 100_000, detect: 100_400, diagnose: 102_000, fix: 105_000, steady: 107_000 },
  outcome: 'repaired',
  verdict: 'limping',
  reasons: [],
  orders: [
    { at: 102_100, order: 'drain', result: 'done' },
    { at: 102_300, order: 'restart', result: 'already', detail: 'by monitor-2' },
  ],
};

const from = (first: number, last: number): Snapshot[] =>
  [first, last].map((at) => ({ number: at, at, nodes: {}, calls: [], relations: [], door: { rate: 0 }, faults: [] }));

test('a replay shows a short incident second by second, from a little before it until a little after it', () => {
  expect(replayOf(limp, from(0, 900_000))).toEqual({ from: 97_000, until: 110_000, speed: 1 });
});

test('a long incident is replayed faster; an open one goes on until now', () => {
  const { steady: _, fix: __, ...open } = limp.stamps;
  expect(replayOf({ ...limp, stamps: open }, from(0, 194_000))).toEqual({ from: 97_000, until: 197_000, speed: 5 });
});

test('a replay begins with the first moment that the page has, and there is none for an older incident', () => {
  expect(replayOf(limp, from(101_500, 900_000))).toMatchObject({ from: 101_500 });
  expect(replayOf(limp, from(107_001, 900_000))).toBeUndefined();
  expect(replayOf(limp, [])).toBeUndefined();
});

test.each([
  ['plays four seconds of the past in each second', undefined, 50_000, 54_000],
  ['plays on past an incident whose page is not open', undefined, 109_500, 113_500],
  ['ends now', undefined, 898_000, undefined],
  ['plays an incident on its page second by second', 'a', 98_000, 99_000],
  ['ends with the incident on its page', 'a', 109_500, undefined],
  ['plays other moments on that page as elsewhere', 'a', 110_000, 114_000],
] as const)('a replay %s', (_, page, cursor, next) => {
  const state = { incidents: [limp], snapshots: from(0, 900_000) };
  expect(nextMoment({ ...state, cursor }, page, 1_000)).toBe(next);
});

test('the steps of an incident are what happened to the node and what was ordered, in the order of time', () => {
  expect(stepsOf(limp).map(({ at, what }) => `${at} ${what}`)).toEqual([
    '100000 first bad answer',
    '100400 detected',
    '102000 diagnosed: limping',
    '102100 ordered: drain',
    '102300 ordered: restart (by monitor-2)',
    '105000 serves well again',
    '107000 over',
  ]);
});

test('a failure that nobody met begins with its detection; what has not happened yet is no step', () => {
  const unseen = { ...limp, stamps: { manifest: 100_400, detect: 100_400 }, orders: [] };
  expect(stepsOf(unseen)).toEqual([{ at: 100_400, what: 'detected' }]);
});

import { expect, test } from 'vitest';
import {
  atLeast,
  downtimes,
  fewerThan,
  availabilityOver,
  nodeAvailability,
  union,
} from '../../../services/monitor/availability.ts';
import type { Verdict } from '../../../shared/membership/verdict.ts';
import { advance, ordered, repairTimes, type Incident } from '../../../services/monitor/incident.ts';
import { score } from '../../../cli/incident-scoring.ts';
import { failure } from './failure.ts';

/** Windows as `second suspected? seen standing`, e.g. `3 ! crashed crashed`. `order` in between is a repair order. */
function live(lines: readonly string[], firstBadAt?: number): Incident[] {
  const ended: Incident[] = [];
  let incident: Incident | undefined;
  for (const line of lines) {
    const [second, mark, seen, standing] = line.split(' ') as [string, string, Verdict, Verdict];
    const at = Number(second) * 1_000;
    if (mark === 'order') incident = ordered(incident!, { at, order: 'restart', result: 'done' }, 'crashed');
    else
      incident = advance('r-1', incident, {
        at,
        suspected: mark === '!',
        seen,
        standing,
        reasons: ['why'],
        firstBadAt,
      });
    if (incident && incident.outcome !== 'open') ended.push(incident);
  }
  return ended.length > 0 || !incident ? ended : [incident];
}

const crash = [
  '1 . healthy healthy',
  '2 ! healthy healthy',
  '3 ! crashed crashed',
  '3.5 order',
  '4 ! crashed crashed',
  '6 . healthy crashed',
  '7 . healthy crashed',
  '8 . healthy healthy',
];

test('a crash goes through all stamps, and MTTR is the sum of its phases', () => {
  const [incident] = live(crash, 1_500);
  expect(incident).toMatchObject({
    node: 'r-1',
    outcome: 'repaired',
    verdict: 'crashed',
    stamps: { manifest: 1_500, detect: 2_000, diagnose: 3_000, fix: 6_000, steady: 8_000 },
  });
  const { detectionMs, diagnosisMs, fixMs, repairMs } = repairTimes(incident!.stamps);
  expect([detectionMs, diagnosisMs, fixMs, repairMs]).toEqual([500, 1_000, 3_000, 4_500]);
});

test('without anybody who saw a bad answer, a failure begins when it is detected', () => {
  expect(live(crash)[0]?.stamps.manifest).toBe(2_000);
});

test('a relapse before it is steady takes the fix back', () => {
  const [incident] = live([...crash.slice(0, 6), '7 ! crashed crashed', '9 . healthy crashed', '12 . healthy healthy']);
  expect(incident?.stamps).toMatchObject({ fix: 9_000, steady: 12_000 });
});

const limp = ['1 ! limping limping', '2 . healthy limping'];

test('after the fix, something else is the next failure, and a doubt does not undo the fix', () => {
  const [first] = live([...limp, '3 ! partitioned limping', '4 ! partitioned partitioned']);
  expect(first).toMatchObject({ verdict: 'limping', outcome: 'passed', stamps: { fix: 2_000 } });
  const next = advance('r-1', first, {
    at: 4_000,
    suspected: false,
    seen: 'partitioned',
    standing: 'partitioned',
    reasons: [],
    firstBadAt: 3_000,
  });
  expect(next).toMatchObject({
    verdict: 'partitioned',
    outcome: 'open',
    stamps: { manifest: 3_000, detect: 4_000, diagnose: 4_000 },
  });
});

test('a graver verdict before the fix belongs to the same failure', () => {
  expect(live(['1 ! limping limping', '2 ! hung hung'])).toMatchObject([{ verdict: 'hung', outcome: 'open' }]);
});

test('a failure keeps the verdict of its repair; evidence during the repair shows the repair', () => {
  const treated = ordered(
    live(['1 ! crashed crashed'])[0]!,
    { at: 1_100, order: 'restart', result: 'already' },
    'hung',
  );
  const later = advance('r-1', treated, {
    at: 2_000,
    suspected: true,
    seen: 'crashed',
    standing: 'crashed',
    reasons: ['late'],
  });
  expect(later).toMatchObject({ verdict: 'hung', outcome: 'open' });
  const drained = ordered(live(['1 ! limping limping'])[0]!, { at: 1_100, order: 'drain', result: 'done' }, 'limping');
  expect(
    advance('r-1', drained, { at: 2_000, suspected: false, seen: 'lying', standing: 'lying', reasons: [] })?.verdict,
  ).toBe('lying');
});

test('an order that was refused repaired nothing', () => {
  const note = { at: 3_500, order: 'restart', result: 'refused' as const, detail: 'its machine is gone' };
  const refused = ordered(live(crash.slice(0, 3))[0]!, note, 'crashed');
  const over = advance('r-1', refused, {
    at: 8_000,
    suspected: false,
    seen: 'healthy',
    standing: 'healthy',
    reasons: [],
  });
  expect(over).toMatchObject({ outcome: 'passed', orders: [note] });
});

test('an incident without an order has passed; one without a diagnosis was a doubt', () => {
  const passed = live(crash.filter((line) => !line.includes('order')));
  expect(passed[0]?.outcome).toBe('passed');
  const doubt = live(['1 ! healthy healthy', '2 . healthy healthy']);
  expect(doubt[0]?.outcome).toBe('doubt');
  expect(downtimes(doubt)).toEqual([]);
  expect(downtimes(passed)).toHaveLength(1);
});

test('health makes no incident, and an open one counts as down from its beginning', () => {
  expect(live(['1 . healthy healthy', '2 . healthy healthy'])).toEqual([]);
  expect(downtimes(live(crash.slice(0, 3)))).toEqual([{ from: 2_000, to: Infinity }]);
});

test('availability of a node: MTBF from the gaps, MTTR from the phases, formula and measurement', () => {
  const failures = [10, 40, 70, 100].map((s) => failure(s * 1_000, [500, 1_500, 3_000]));
  const availability = nodeAvailability('r-1', failures, { from: 0, to: 130_000 });
  expect(availability).toMatchObject({
    failures: 4,
    mtbfMs: 32_500,
    mttrMs: 5_000,
    detectionMs: 500,
    diagnosisMs: 1_500,
    fixMs: 3_000,
    downMs: 20_000,
  });
  expect(availability.measured).toBeCloseTo(110 / 130, 10);
  expect(availability.formula).toBeCloseTo(27.5 / 32.5, 10);
});

test('an overloaded node that refused calls was not down, and this is no false alarm', () => {
  const busy = { ...failure(10_000, [500, 500, 9_000]), verdict: 'overloaded' as const };
  expect(nodeAvailability('r-1', [busy], { from: 0, to: 100_000 })).toMatchObject({ failures: 0, measured: 1 });
  expect(score([], [busy], { nodes: 1, observedMs: 3_600_000, graceMs: 0 }).falseAlarms).toEqual([]);
});

test('a node that never failed has no MTBF, and an availability of 1', () => {
  expect(nodeAvailability('r-1', [], { from: 0, to: 1_000 })).toEqual({
    name: 'r-1',
    failures: 0,
    observedMs: 1_000,
    downMs: 0,
    measured: 1,
  });
});

test('downtime outside of the observed time does not count, and an open failure counts up to its end', () => {
  expect(
    availabilityOver(
      'x',
      [
        { from: -50, to: 10 },
        { from: 90, to: Infinity },
      ],
      { from: 0, to: 100 },
    ),
  ).toMatchObject({
    downMs: 20,
    failures: 2,
    measured: 0.8,
  });
});

const i = (from: number, to: number) => ({ from, to });

test.each([
  [[], []],
  [
    [i(5, 8), i(1, 3)],
    [i(1, 3), i(5, 8)],
  ],
  [[i(1, 4), i(3, 6), i(6, 7)], [i(1, 7)]],
])('the union of %j is %j', (intervals, joined) => expect(union(intervals)).toEqual(joined));

test.each([
  [1, [[i(0, 10)], [i(5, 20)], [i(8, 9)]], [i(8, 9)]],
  [2, [[i(0, 10)], [i(5, 20)], []], [i(5, 10)]],
  [3, [[i(0, 10)], [i(20, 30)], []], [i(0, 10), i(20, 30)]],
  [1, [[i(0, 10)], [i(10, 20)]], []],
  [1, [[i(0, Infinity)]], [i(0, Infinity)]],
  [1, [[], []], []],
])('fewer than %i up of %j: down in %j', (needed, replicas, down) => expect(fewerThan(needed, replicas)).toEqual(down));

test('four servers of 95%: together 99.9994%, as in the course', () => {
  expect(1 - atLeast(1, [0.95, 0.95, 0.95, 0.95])).toBeCloseTo(6.25e-6, 12);
  expect(atLeast(4, [0.95, 0.95, 0.95, 0.95])).toBeCloseTo(0.95 ** 4, 12);
  expect(atLeast(2, [0.9, 0.8, 0.7])).toBeCloseTo(
    0.9 * 0.8 * 0.3 + 0.9 * 0.2 * 0.7 + 0.1 * 0.8 * 0.7 + 0.9 * 0.8 * 0.7,
    12,
  );
  expect(atLeast(0, [])).toBe(1);
});

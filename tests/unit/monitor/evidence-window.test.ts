import { expect, test } from 'vitest';
import { createEvidenceWindow } from '../../../services/monitor/evidence-window.ts';
import { median } from '../../../shared/quantile.ts';
import { createEvidenceBuffer } from '../../../shared/membership/call-evidence.ts';
import { seen } from '../../simulation/monitor/scenario.ts';

test('a caller counts by node and outcome between two reports, and begins anew after each', () => {
  const evidence = createEvidenceBuffer({ now: () => 0, wall: () => 0 });
  for (const ms of [5, 1, 3]) evidence.note('r-1', 'ranking', 'ok', ms);
  evidence.note('r-1', 'ranking', 'timeouts');
  evidence.note('r-2', 'ranking', 'refused');
  expect(evidence.take()).toEqual([
    { ...seen('r-1'), ok: 3, timeouts: 1, medianMs: 3, fastestMs: 1 },
    { ...seen('r-2'), ok: 0, refused: 1, medianMs: undefined },
  ]);
  expect(evidence.take()).toEqual([]);
});

test('an event does not know the shard of its node, a timed call does', () => {
  const evidence = createEvidenceBuffer({ now: () => 0, wall: () => 0 });
  evidence.note('d-1', 'database', 'ejected');
  evidence.note('d-1', 'database/1', 'ok', 3);
  evidence.note('d-1', 'database', 'lostVotes');
  expect(evidence.take()).toMatchObject([{ node: 'd-1', group: 'database/1', ejected: 1, lostVotes: 1 }]);
});

test('reports add up per caller over the window, and fall out of it', () => {
  const window = createEvidenceWindow(10_000, 10_000);
  window.report('app-1', [seen('r-1', { timeouts: 2 })], 0);
  window.report('app-1', [seen('r-1', { lostVotes: 1 })], 6_000);
  window.report('app-2', [seen('r-1')], 6_000);
  expect(
    window.about('r-1', 9_999).map(({ caller, calls, timeouts, lostVotes }) => [caller, calls, timeouts, lostVotes]),
  ).toEqual([
    ['app-1', 22, 2, 1],
    ['app-2', 10, 0, 0],
  ]);
  expect(window.about('r-1', 10_000).map(({ calls }) => calls)).toEqual([10, 10]);
  expect(window.about('r-1', 16_000)).toEqual([]);
});

test('the fastest answer of the window is compared with the median of the peers, too', () => {
  const window = createEvidenceWindow(10_000);
  window.report('app-1', [seen('r-1', { medianMs: 40, fastestMs: 30 }), seen('r-2', { medianMs: 5 })], 0);
  window.report('app-1', [seen('r-1', { medianMs: 60, fastestMs: 7 }), seen('r-2', { medianMs: 5 })], 500);
  expect(window.about('r-1', 501)[0]?.fastestRatio).toBeCloseTo(12 / 10, 5);
  // What it was like before it began to limp is over sooner than the window.
  window.report('app-1', [seen('r-1', { medianMs: 60, fastestMs: 45 }), seen('r-2', { medianMs: 5 })], 3_600);
  expect(window.about('r-1', 3_601)[0]?.fastestRatio).toBeCloseTo(50 / 10, 5);
});

test('one fast answer of a replica that is hardly called any more is enough to speak for it', () => {
  const window = createEvidenceWindow(10_000);
  window.report('app-1', [seen('r-1', { ok: 1, medianMs: 3, fastestMs: 3 }), seen('r-2', { medianMs: 5 })], 0);
  expect(window.about('r-1', 1_100)[0]).toMatchObject({ fastestRatio: 0.8 });
  expect(window.about('r-1', 1_100)[0]?.latencyRatio).toBeUndefined();
});

test('when nobody calls any more, old slow moments prove nothing new', () => {
  const window = createEvidenceWindow(10_000);
  window.report('app-1', [seen('r-1', { medianMs: 60, fastestMs: 30 }), seen('r-2', { medianMs: 5 })], 0);
  expect(window.about('r-1', 900)[0]?.latencyRatio).toBeGreaterThan(6);
  expect(window.about('r-1', 1_100)[0]?.latencyRatio).toBeUndefined();
});

test('latency is compared with the median of the peers as the same caller saw them', () => {
  const window = createEvidenceWindow(10_000);
  window.report('fast', [seen('r-1', { medianMs: 40 }), seen('r-2', { medianMs: 2 }), seen('r-3', { medianMs: 3 })], 0);
  window.report(
    'slow',
    [seen('r-1', { medianMs: 240 }), seen('r-2', { medianMs: 202 }), seen('r-3', { medianMs: 203 })],
    0,
  );
  const ratios = window.about('r-1', 1).map(({ latencyRatio }) => latencyRatio!);
  expect(ratios[0]).toBeCloseTo(45 / 7.5, 5);
  expect(ratios[1]).toBeLessThan(1.25);
});

test.each([
  ['without peers', [seen('r-1', { medianMs: 90 })]],
  [
    'with peers of another group only',
    [seen('r-1', { medianMs: 90 }), seen('d-1', { group: 'database', medianMs: 1 })],
  ],
  ['with too few answers', [seen('r-1', { medianMs: 90, ok: 2 }), seen('r-2')]],
  ['without any answer', [seen('r-1', { ok: 0, medianMs: undefined as never }), seen('r-2')]],
])('%s there is no ratio', (_, evidence) => {
  const window = createEvidenceWindow(10_000);
  window.report('app-1', evidence, 0);
  expect(window.about('r-1', 1)[0]?.latencyRatio).toBeUndefined();
});

test('service is judged by the newer half of the window, lies by all of it', () => {
  const window = createEvidenceWindow(10_000);
  window.report('app-1', [seen('r-1', { lostVotes: 2 })], 0);
  window.report('app-1', [seen('r-1', { ok: 0, unanswered: 4, medianMs: undefined as never })], 5_000);
  expect(window.about('r-1', 5_001)[0]).toMatchObject({ ok: 0, unanswered: 4, calls: 4, lostVotes: 2 });
});

test('a latency of 4 ms beside 1 ms is not limping', () => {
  const window = createEvidenceWindow(10_000);
  window.report('app-1', [seen('r-1', { medianMs: 4 }), seen('r-2', { medianMs: 1 })], 0);
  expect(window.about('r-1', 1)[0]?.latencyRatio).toBe(1.5);
});

test('a node that is slow now and then is starved; one that is slow mostly in 5 s is limping', () => {
  const ratioOf = (medians: readonly number[], at = 4_999) => {
    const window = createEvidenceWindow(10_000);
    for (const [i, medianMs] of medians.entries())
      window.report('app-1', [seen('r-1', { medianMs }), seen('r-2', { medianMs: 5 })], i * 500);
    return window.about('r-1', at)[0]?.latencyRatio ?? 0;
  };
  expect(ratioOf([5, 400, 5, 5, 400, 5, 5, 400, 5, 5])).toBe(1);
  expect(ratioOf([400, 5, 400, 400, 5, 400, 400, 400, 5, 400])).toBeGreaterThan(10);
  expect(ratioOf([400, 400, 400, 400, 5, 5, 5, 5, 5, 5, 5, 5], 6_000)).toBe(1);
});

test('attempts that were given up count as at least as slow as the wait for them, and a proof as a proof', () => {
  const window = createEvidenceWindow(10_000);
  window.report(
    'app-1',
    [seen('r-1', { ok: 0, unanswered: 8, medianMs: 60 }), seen('r-2', { medianMs: 5, proofs: 2 })],
    0,
  );
  expect(window.about('r-1', 1)[0]).toMatchObject({ calls: 8, unanswered: 8, latencyRatio: 6.5 });
  expect([window.proofs('r-1', 1), window.proofs('r-2', 1)]).toEqual([0, 2]);
});

test('a caller that stood still reports no timeouts and no latencies, but refusals and lies', () => {
  let now = 0;
  let lostMs = 0;
  const evidence = createEvidenceBuffer({ now: () => now, wall: () => 0 }, () => lostMs);
  const note = () => {
    evidence.note('r-1', 'ranking', 'ok', 900);
    for (const kind of ['timeouts', 'unanswered', 'refused', 'lostVotes'] as const)
      evidence.note('r-1', 'ranking', kind);
  };
  note();
  [now, lostMs] = [500, 49];
  expect(evidence.take()[0]).toMatchObject({
    ok: 1,
    timeouts: 1,
    unanswered: 1,
    refused: 1,
    lostVotes: 1,
    medianMs: 900,
  });
  note();
  [now, lostMs] = [1_000, 100];
  const [doubtful] = evidence.take();
  expect(doubtful).toMatchObject({ ok: 1, timeouts: 0, unanswered: 0, refused: 1, lostVotes: 1 });
  expect(doubtful?.medianMs).toBeUndefined();
});

test('a failure begins with the first complaint that still goes on, lying with the first lie', () => {
  const window = createEvidenceWindow(10_000);
  window.report('app-1', [seen('r-1', { lostVotes: 1 })], 1_000);
  window.report('app-1', [seen('r-1', { timeouts: 1 })], 2_000);
  expect(window.firstBadAt('r-1', 2_500)).toBe(1_000);
  for (const at of [6_000, 7_500]) window.report('app-1', [seen('r-1', { refused: 1 })], at);
  window.report('app-1', [seen('r-1')], 8_000);
  expect(window.firstBadAt('r-1', 9_000)).toBe(6_000);
  expect(window.firstBadAt('r-1', 9_000, 'lying')).toBe(1_000);
  expect(window.firstBadAt('r-1', 9_600)).toBeUndefined();
});

test('a node limps since the first of the late answers that go on; for another failure, they are no complaint', () => {
  const window = createEvidenceWindow(10_000);
  const late = [seen('r-1', { medianMs: 60 }), seen('r-2', { medianMs: 5 })];
  window.report('app-1', late, 1_000);
  window.report('app-1', [seen('r-1', { medianMs: 60 }), seen('r-2', { medianMs: 50 })], 3_500);
  for (const at of [4_000, 4_500]) window.report('app-1', late, at);
  window.report('app-2', [seen('r-1', { medianMs: 60 })], 5_000);
  expect(window.firstBadAt('r-1', 5_000, 'limping')).toBe(4_000);
  expect(window.firstBadAt('r-1', 5_000, 'crashed')).toBeUndefined();
  expect(window.firstBadAt('r-2', 5_000, 'limping')).toBeUndefined();
});

test('answers from before a refused connection prove nothing', () => {
  const window = createEvidenceWindow(10_000);
  window.report('app-1', [seen('r-1', { ok: 20, refused: 3 })], 1_000);
  window.report('app-2', [seen('r-1', { ok: 7 })], 1_400);
  const since = (now: number) => window.about('r-1', now).map(({ okSinceRefusal }) => okSinceRefusal);
  expect(since(1_400)).toEqual([0, 0]);
  window.report('app-2', [seen('r-1', { ok: 5 })], 1_900);
  expect(since(1_900)).toEqual([0, 5]);
});

test('the first complaint says when a failure began, and a lost call of the last second asks for a closer look', () => {
  const window = createEvidenceWindow(10_000);
  window.report('app-1', [seen('r-1')], 1_000);
  window.report('app-1', [seen('r-1', { refused: 1 }), seen('r-2')], 2_000);
  window.report('app-2', [seen('r-1', { timeouts: 1 })], 3_000);
  expect(window.firstBadAt('r-1', 3_500)).toBe(2_000);
  expect(window.firstBadAt('r-2', 3_500)).toBeUndefined();
  expect([
    window.recentlyLost('r-1', 3_500),
    window.recentlyLost('r-1', 4_500),
    window.recentlyLost('r-2', 3_500),
  ]).toEqual([true, false, false]);
});

test('no node is evidence about itself, and evidence from before a repair is dropped', () => {
  const window = createEvidenceWindow(10_000);
  window.report('r-1', [seen('r-1')], 0);
  expect(window.about('r-1', 1)).toEqual([]);
  window.report('app-1', [seen('r-1'), seen('r-2')], 0);
  window.forget('r-1');
  expect(window.about('r-1', 1)).toEqual([]);
  expect(window.about('r-2', 1)).toHaveLength(1);
});

test.each([
  [[3], 3],
  [[1, 9, 2], 2],
  [[1, 2, 3, 10], 2.5],
])('the median of %j is %f', (values, middle) => expect(median(values)).toBe(middle));

test('a caller that also loses its calls to the best other replica has trouble of its own', () => {
  const window = createEvidenceWindow(10_000);
  const lost = { ok: 2, timeouts: 8 };
  window.report('app-1', [seen('r-1', lost), seen('r-2', lost), seen('r-3', { ok: 4, unanswered: 6 })], 0);
  window.report('app-2', [seen('r-1', lost), seen('r-2', lost), seen('q-1', { group: 'query' })], 0);
  window.report('app-3', [seen('r-1', lost), seen('r-2', { ok: 1 })], 0);
  const shares = window.about('r-1', 1).map(({ caller, peersLostShare }) => [caller, peersLostShare]);
  expect(shares).toEqual([
    ['app-1', 0],
    ['app-2', 0.8],
    // Too few calls to say.
    ['app-3', undefined],
  ]);
});

test('evidence against a replaced process is forgotten, but still excuses those who waited for it', () => {
  const window = createEvidenceWindow(10_000);
  window.report('gateway-1', [seen('app-1', { group: 'app', ok: 0, timeouts: 4 })], 0);
  window.forget('app-1');
  expect(window.about('app-1', 9_000)).toEqual([]);
  expect(window.firstBadAt('app-1', 500)).toBeUndefined();
  expect(window.seen(9_000)).toEqual(new Set());
  expect(window.calledBy('gateway-1', 9_000)).toEqual(new Map([['app-1', 4]]));
  expect(window.calledBy('gateway-1', 10_000)).toEqual(new Map());
});

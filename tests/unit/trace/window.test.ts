import { expect, test } from 'vitest';
import { seededRandom } from '../../../shared/time/random.ts';
import { createTraceWindow } from '../../../shared/trace/window.ts';

const ended = (i: number, durationMs = 1, failed = false) => ({ traceId: `t${i}`, failed, durationMs, endedAt: i });

function keptOf(
  requests: readonly ReturnType<typeof ended>[],
  limits: { errors: number; slowest: number; perSecond: number },
) {
  const window = createTraceWindow(limits, seededRandom(1));
  for (const it of requests) window.add(it);
  return window.kept().map(({ request, because }) => `${request.traceId} ${because}`);
}

test('the slowest and the failed requests are kept, and a few others by lot', () => {
  const many = Array.from({ length: 1_000 }, (_, i) => ended(i, i === 400 ? 99 : 1, i === 700));
  const kept = keptOf(many, { errors: 10, slowest: 1, perSecond: 5 });
  expect(kept).toContain('t400 slow');
  expect(kept).toContain('t700 error');
  expect(kept.filter((it) => it.endsWith('sample'))).toHaveLength(5);
});

test('a request that is kept for two reasons is kept once', () => {
  expect(keptOf([ended(1, 5, true)], { errors: 1, slowest: 1, perSecond: 1 })).toEqual(['t1 error']);
});

test('a flood of failures is bounded', () => {
  const flood = Array.from({ length: 500 }, (_, i) => ended(i, 1, true));
  expect(keptOf(flood, { errors: 3, slowest: 0, perSecond: 0 })).toEqual(['t0 error', 't1 error', 't2 error']);
});

test('of the slow ones, the slowest stay', () => {
  const requests = [3, 9, 1, 7, 8].map((ms) => ended(ms, ms));
  expect(keptOf(requests, { errors: 0, slowest: 2, perSecond: 0 })).toEqual(['t9 slow', 't8 slow']);
});

test('every request has the same chance', () => {
  const random = seededRandom('lot');
  let first = 0;
  for (let round = 0; round < 4_000; round++) {
    const window = createTraceWindow({ errors: 0, slowest: 0, perSecond: 1 }, random);
    for (let i = 0; i < 4; i++) window.add(ended(i));
    if (window.kept()[0]!.request.traceId === 't0') first++;
  }
  expect(first / 4_000).toBeCloseTo(0.25, 1);
});

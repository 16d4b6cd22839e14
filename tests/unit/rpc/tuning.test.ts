import { expect, test } from 'vitest';
import { createStatistics } from '../../../shared/rpc/layers/replicas/latency-statistics.ts';
import { createPolicyHolder, resolvePolicy } from '../../../shared/rpc/policy.ts';
import { createLoadWatch, tunedOperations } from '../../../shared/rpc/tuning.ts';

/** What is tuned for an operation of which `count` attempts took `eachMs`. */
function tuned(policy: unknown, count: number, eachMs: number): Record<string, { value: number | null; why: string }> {
  const statistics = createStatistics();
  const known = statistics.of('ranking', { name: 'rank', composite: false });
  for (let i = 0; i < count; i++) known.record('ranking-1', eachMs, i);
  const holder = createPolicyHolder('resilient');
  holder.set(policy);
  const [operation] = tunedOperations(statistics, holder, count);
  return Object.fromEntries(operation!.tuned.map(({ what, value, why }) => [what, { value, why }]));
}

test('before there are samples the values say that they wait', () => {
  const values = tuned('resilient', 3, 10);
  expect(values['hedge delay']).toEqual({ value: null, why: expect.stringMatching(/\b50 samples\b/) });
  expect(values['attempt timeout']).toEqual({ value: 2_000, why: expect.stringMatching(/\b50 samples\b/) });
});

test('with samples each value follows from its quantile, and says so', () => {
  const values = tuned('resilient', 200, 100);
  expect(values['hedge delay']!.value).toBeGreaterThan(90);
  expect(values['hedge delay']!.value).toBeLessThan(110);
  expect(values['hedge delay']!.why).toMatch(/^p95 of the attempts is \d+ ms$/);
  expect(values['attempt timeout']!.value).toBeGreaterThan(270);
  expect(values['attempt timeout']!.value).toBeLessThan(330);
  expect(values['attempt timeout']!.why).toMatch(/^3 x p99.9 \(\d+ ms\)$/);
});

test('floors, hand-set values and switched-off mechanisms give their reasons', () => {
  expect(tuned('resilient', 200, 1)['attempt timeout']!.why).toMatch(/\b200 ms\b/);
  const byHand = tuned({ hedge: { fixedDelayMs: 7 }, attemptTimeout: false }, 200, 1);
  expect(byHand['hedge delay']).toMatchObject({
    value: 7,
    why: expect.stringMatching(/\bmeasured\b.*\b5\.0 ms: p95\b/),
  });
  expect(byHand['attempt timeout']).toMatchObject({ value: null });
});

test('what admission found about its own process is the last that it announced', () => {
  const watch = createLoadWatch();
  const { admission } = resolvePolicy('resilient');
  expect(watch.tuned(admission).value).toBeNull();
  watch.observe({ event: 'load', state: 'overloaded', waitMs: 70 });
  expect(watch.tuned(admission)).toMatchObject({
    value: 5,
    why: expect.stringMatching(/\b70 ms\b.*\b5\.0 ms\b/),
  });
  watch.observe({ event: 'load', state: 'calm', waitMs: 3 });
  expect(watch.tuned(admission).value).toBeNull();
  expect(watch.tuned(false).value).toBeNull();
});

test('of a mis-set configuration each value is told beside what the measurements say', () => {
  const values = tuned('mis-set', 200, 100);
  expect(values['attempt timeout']).toMatchObject({ value: 25 });
  expect(values['attempt timeout']!.why).toMatch(/\bfixedMs\b.*\bmeasured\b.*\d ms: 3 x p99\.9/);
  expect(values['hedge delay']).toMatchObject({ value: 2 });
  const watch = createLoadWatch();
  watch.observe({ event: 'load', state: 'overloaded', waitMs: 70 });
  const limit = watch.tuned(resolvePolicy('mis-set').admission);
  expect(limit).toMatchObject({ value: 1_000 });
  expect(limit.why).toMatch(/\bmeasured\b.*\b70 ms\b/);
});

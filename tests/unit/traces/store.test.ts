import { expect, test } from 'vitest';
import type { Trace } from '../../../services/traces/contract.ts';
import { createTraceStore } from '../../../services/traces/store.ts';

const trace = (i: number, own: Partial<Trace> = {}): Trace => ({
  traceId: `t${i}`,
  requestId: `r${i}`,
  request: 'GET /search',
  at: i,
  durationMs: i,
  outcome: 'ok',
  because: 'sample',
  hops: 0,
  extraAttempts: 0,
  spans: [],
  tiers: [],
  missingSpans: 0,
  ...own,
});

test('traces are found by trace id and by request id', () => {
  const store = createTraceStore();
  store.add(trace(1));
  expect(store.get('t1')).toMatchObject({ requestId: 'r1' });
  expect(store.get('r1')).toMatchObject({ traceId: 't1' });
  expect(store.get('r2')).toBeUndefined();
});

test('the list is the newest first, or the slowest; only failures, only since a time, and cut', () => {
  const store = createTraceStore();
  store.add(trace(1, { durationMs: 50 }));
  store.add(trace(2, { outcome: 'unavailable' }));
  store.add(trace(3));
  const ids = (query: object) => store.list({ limit: 10, ...query }).map(({ traceId }) => traceId);
  expect(ids({})).toEqual(['t3', 't2', 't1']);
  expect(ids({ slowest: true })).toEqual(['t1', 't3', 't2']);
  expect(ids({ errors: true })).toEqual(['t2']);
  expect(ids({ since: 3 })).toEqual(['t3']);
  expect(ids({ limit: 1 })).toEqual(['t3']);
});

test('many sampled traces push out no failed one', () => {
  const store = createTraceStore();
  store.add(trace(0, { because: 'error' }));
  for (let i = 1; i <= 2_000; i++) store.add(trace(i));
  expect(store.get('t0')).toBeDefined();
  expect(store.get('t1')).toBeUndefined();
  expect(store.get('t2000')).toBeDefined();
  expect(store.size()).toBe(301);
});

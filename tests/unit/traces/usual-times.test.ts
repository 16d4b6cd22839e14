import { expect, test } from 'vitest';
import type { Trace } from '../../../services/traces/contract.ts';
import { usualTimes } from '../../../services/traces/usual-times.ts';

let ids = 0;
const tier = (component: string, workMs: number) => ({
  component,
  requests: 1,
  heldMs: 2 * workMs,
  workMs,
  waitForDataMs: workMs,
  waitForResultMs: 0,
  wayMs: 3 * workMs,
  nodes: [`${component}-1`],
});
const trace = (because: Trace['because'], workMs: number, own: Partial<Trace> = {}): Trace => ({
  traceId: `t${++ids}`,
  requestId: `r${ids}`,
  request: 'GET /search',
  at: ids,
  durationMs: 10 * workMs,
  outcome: 'ok',
  because,
  hops: 0,
  extraAttempts: 0,
  spans: [],
  tiers: [tier('app', workMs), tier('database', 3 * workMs)],
  missingSpans: 0,
  ...own,
});
const many = (count: number, make: () => Trace): Trace[] => Array.from({ length: count }, make);

test('the usual request is that of the route that was asked most, with means by component', () => {
  const others = many(9, () => trace('sample', 50, { request: 'GET /page/:id' }));
  const times = usualTimes([...others, ...many(6, () => trace('sample', 1)), ...many(6, () => trace('sample', 3))])!;
  expect(times).toMatchObject({ request: 'GET /search', requests: 12, durationMs: expect.closeTo(20) });
  expect(times.tiers).toEqual([
    {
      component: 'app',
      heldMs: expect.closeTo(4),
      workMs: expect.closeTo(2),
      waitForDataMs: expect.closeTo(2),
      waitForResultMs: 0,
      wayMs: expect.closeTo(6),
    },
    {
      component: 'database',
      heldMs: expect.closeTo(12),
      workMs: expect.closeTo(6),
      waitForDataMs: expect.closeTo(6),
      waitForResultMs: 0,
      wayMs: expect.closeTo(18),
    },
  ]);
});

test('a search comes first, although a person who types asks for many more suggestions', () => {
  const suggestions = many(40, () => trace('sample', 1, { request: 'GET /api/suggest' }));
  const searches = many(3, () => trace('sample', 2, { request: 'GET /api/search' }));
  expect(usualTimes([...suggestions, ...searches])).toMatchObject({ request: 'GET /api/search', requests: 3 });
  expect(usualTimes(suggestions)).toMatchObject({ request: 'GET /api/suggest', requests: 40 });
});

test('the slowest requests count only while traffic is so light that nearly all requests are kept', () => {
  const slow = many(30, () => trace('slow', 100));
  expect(usualTimes([...slow, ...many(10, () => trace('sample', 1))])).toMatchObject({ requests: 10, durationMs: 10 });
  expect(usualTimes([...slow, ...many(9, () => trace('sample', 1))])).toMatchObject({ requests: 39 });
});

test('failed requests, and those that somebody asked for, do not count', () => {
  expect(usualTimes([])).toBeUndefined();
  expect(usualTimes([trace('error', 1, { outcome: 'unavailable' }), trace('asked', 1)])).toBeUndefined();
});

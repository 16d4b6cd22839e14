import { expect, test } from 'vitest';
import { explain } from '../../../shared/rpc/explain.ts';
import { createStatistics } from '../../../shared/rpc/layers/statistics.ts';
import { resolvePolicy } from '../../../shared/rpc/policy.ts';

function rows(policy: unknown, samples: number, ms = 100) {
  const statistics = createStatistics();
  const known = statistics.of('ranking', 'rank');
  for (let i = 0; i < samples; i++) known.record(i % 2 ? 'ranking-1' : 'ranking-2', ms, i);
  return explain(resolvePolicy(policy), statistics, samples);
}

test.each([
  ['much is known', 'resilient', 200, 100, 'the p95 of the attempts', '3 times the p99.9 of 102.4 ms'],
  ['little is known', 'resilient', 10, 100, 'fewer than 50 attempts are known', 'fewer than 50 attempts are known'],
  [
    'it is very fast',
    'resilient',
    200,
    1,
    'the least that is allowed: the p95 is 1.02 ms',
    'the least that is allowed: more than 3 times the p99.9 of 1.02 ms',
  ],
  ['it is off', 'naive', 200, 100, 'hedging is off', 'attempt timeouts are off: the deadline alone holds'],
  ['it is set by hand', { hedge: { fixedDelayMs: 7 }, attemptTimeout: { fixedMs: 70 } }, 200, 100, 'set by hand', 'set by hand'],
])('what the middleware set itself to is explained when %s', (_, policy, samples, ms, hedgeWhy, timeoutWhy) => {
  const [row] = rows(policy, samples, ms);
  expect(row).toMatchObject({
    component: 'ranking',
    operation: 'rank',
    hedgeAfter: { why: hedgeWhy },
    attemptTimeout: { why: timeoutWhy },
  });
  expect(Object.keys(row!.replicasMs)).toEqual(['ranking-2', 'ranking-1']);
});

test('the values are those that are in force', () => {
  const [row] = rows('resilient', 200);
  expect(row!.hedgeAfter.ms).toBeCloseTo(102.4, 1);
  expect(row!.attemptTimeout.ms).toBeCloseTo(307.2, 1);
});

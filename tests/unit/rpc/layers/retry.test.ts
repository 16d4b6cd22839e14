import { expect, test } from 'vitest';
import { seededRandom } from '../../../../shared/time/random.ts';
import { createBudget, createBudgets } from '../../../../shared/rpc/layers/retries/budget.ts';
import { decideRetry, retry } from '../../../../shared/rpc/layers/retries/retry.ts';
import { isRetryable } from '../../../../shared/rpc/layers/retries/retryable.ts';
import { answering, endOf, failure, plannedAfter, setUp, testCall } from './helpers.ts';

const settings = { maxAttempts: 3, baseMs: 10, maxMs: 1_000, anyDepth: false };

test.each([
  ['unreachable', 'read', true],
  ['unreachable', 'write', true],
  ['overloaded', 'write', true],
  ['connection_lost', 'read', true],
  ['connection_lost', 'write', false],
  ['deadline_exceeded', 'read', true],
  ['deadline_exceeded', 'write', false],
  ['internal', 'read', true],
  ['internal', 'write', false],
  ['bad_reply', 'read', true],
  ['bad_request', 'read', false],
  ['not_found', 'read', false],
  ['conflict', 'write', false],
  ['cancelled', 'read', false],
  ['too_many_requests', 'read', false],
] as const)('after %s a %s is retried: %s', (code, kind, expected) => {
  expect(isRetryable(testCall({ kind }), failure(code), 'a')).toBe(expected);
});

test('a write with an idempotency key is retried whatever happened to it', () => {
  expect(isRetryable(testCall({ kind: 'write', idempotencyKey: 'k' }), failure('connection_lost'), 'a')).toBe(true);
});

test.each([
  ['internal', 'a', true],
  ['internal', 'deeper', false],
  ['overloaded', 'deeper', false],
  ['unreachable', 'deeper', true],
] as const)('%s of node %s, after asking a, is retried: %s', (code, node, expected) => {
  expect(isRetryable(testCall(), failure(code, { node }), 'a')).toBe(expected);
});

test.each([
  ['the first after a definite failure goes elsewhere at once', { error: failure('unreachable') }, 0],
  ['an indefinite failure waits for a part of the base', { error: failure('internal') }, 5],
  ['the second waits for a part of twice the base', { error: failure('internal'), attempt: 2 }, 10],
  ['pushback is a lower bound, with as much jitter on top', { error: failure('overloaded', { retryAfterMs: 60 }) }, 90],
  ['after the last attempt there is none', { error: failure('internal'), attempt: 3 }, undefined],
  ['nor when the wait would pass the deadline', { error: failure('overloaded', { retryAfterMs: 200 }) }, undefined],
])('%s', (_, what, expected) => {
  const call = testCall({ deadlineAt: 100 });
  const decision = decideRetry(settings, call, { attempt: 1, node: 'a', now: 0, draw: 0.5, ...what });
  expect(decision.do === 'wait' ? decision.delayMs : undefined).toBe(expected);
});

test('callers that were refused together return spread over a time as long as the pushback', () => {
  const error = failure('overloaded', { retryAfterMs: 100 });
  const random = seededRandom(1);
  const delays = Array.from({ length: 1_000 }, () => {
    const decision = decideRetry(settings, testCall(), { error, attempt: 1, node: 'a', now: 0, draw: random.next() });
    return decision.do === 'wait' ? decision.delayMs : NaN;
  });
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(100);
  const inTenths = Map.groupBy(delays, (delayMs) => Math.floor(delayMs / 10));
  expect([...inTenths.keys()].toSorted((a, b) => a - b)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  for (const tenth of inTenths.values()) expect(tenth.length).toBeLessThan(150);
});

test('the wait never exceeds its bound', () => {
  const error = failure('internal');
  const many = { ...settings, maxAttempts: 10 };
  const decision = decideRetry(many, testCall(), { error, attempt: 9, node: 'a', now: 0, draw: 0.999 });
  expect(decision).toMatchObject({ do: 'wait', delayMs: 999 });
});

function retrying(own = settings, budget = { ratio: 0.2, reserve: 10 }) {
  const set = setUp();
  const { sim, observe } = set;
  const layer = retry(own, { ...sim, random: { next: () => 0.5 }, budget: createBudgets(() => budget), observe });
  return { ...set, layer };
}

test('a read that fails twice succeeds with the third attempt', async () => {
  const { sim, layer, events } = retrying();
  const { service, seen } = answering(sim, ({ attempt }) => ({
    afterMs: 1,
    ...(attempt < 3 ? { error: failure('internal') } : {}),
  }));
  expect(await endOf(sim, layer(service)(testCall()))).toEqual({});
  expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  expect(events.map(({ event }) => event)).toEqual(['retry', 'retry']);
});

test('without a token in the budget nothing is retried, and the failure is that of the first attempt', async () => {
  const { sim, layer, events } = retrying(settings, { ratio: 0.2, reserve: 0.5 });
  const { service, seen } = answering(sim, () => ({ afterMs: 1, error: failure('internal') }));
  expect(await endOf(sim, layer(service)(testCall()))).toBe('internal');
  expect(seen).toHaveLength(1);
  expect(events[0]).toMatchObject({ event: 'budget_exhausted', mechanism: 'retry' });
});

test('a layer above that asks others itself leaves no attempt to retry', async () => {
  const { sim, layer } = retrying();
  const { service, seen } = answering(sim, () => ({ afterMs: 1, error: failure('internal') }));
  expect(await endOf(sim, layer(service)(testCall({ planned: plannedAfter([]) })))).toBe('internal');
  expect(seen).toHaveLength(1);
});

test('a caller that leaves while a retry waits ends it', async () => {
  const { sim, layer } = retrying({ ...settings, baseMs: 1_000 });
  const { service, seen } = answering(sim, () => ({ afterMs: 1, error: failure('internal') }));
  const controller = new AbortController();
  sim.scheduler.after(50, () => controller.abort(failure('cancelled')));
  expect(await endOf(sim, layer(service)(testCall({ signal: controller.signal })))).toBe('cancelled');
  expect(seen).toHaveLength(1);
  expect(sim.pending).toBe(0);
});

test('a budget earns a fifth of the answered calls, holds at most its reserve, and pays for retries', () => {
  const budget = createBudget({ ratio: 0.2, reserve: 2 });
  for (let i = 0; i < 100; i++) budget.earn();
  expect(budget.tokens).toBe(2);
  expect([budget.spend(), budget.spend(), budget.spend()]).toEqual([true, true, false]);
  for (let i = 0; i < 5; i++) budget.earn();
  expect(budget.spend()).toBe(true);
  expect(budget.spend()).toBe(false);
});

import { expect, test } from 'vitest';
import { assignNode } from '../../../../shared/rpc/attempt-plan.ts';
import { createBudgets } from '../../../../shared/rpc/layers/retries/budget.ts';
import {
  canHedge,
  hedge,
  hedgeDelayMs,
  hedgeTerms,
  isWorthwhile,
} from '../../../../shared/rpc/layers/retries/hedge.ts';
import { neverEjected } from '../../../../shared/rpc/layers/replicas/ejection.ts';
import { createPeer, createPeers } from '../../../../shared/rpc/layers/replicas/peers.ts';
import type { RetrySettings } from '../../../../shared/rpc/layers/retries/retry.ts';
import { createStatistics } from '../../../../shared/rpc/layers/replicas/latency-statistics.ts';
import { answering, endOf, failure, nodes, outcomeOf, plannedAfter, replyOf, setUp, testCall } from './helpers.ts';

const retrying: RetrySettings = { maxAttempts: 3, baseMs: 10, maxMs: 1_000, anyDepth: false };
const settings = {
  quantile: 0.95,
  minMs: 5,
  ratio: 0.05,
  reserve: 10,
  minSamples: 50,
  compositeQuantile: 0.99,
  compositeRatio: 0.01,
  blind: false,
  maxAttempts: 3,
  fixedDelayMs: 20,
};

test.each([
  ['a read with two replicas', {}, 2, true],
  ['a read with one replica', {}, 1, false],
  ['a write', { kind: 'write' as const }, 2, false],
  ['a call whose attempts are planned already', { planned: plannedAfter([]) }, 2, false],
])('%s can be hedged: %s', (_, own, replicas, expected) => {
  expect(canHedge(testCall(own), replicas)).toBe(expected);
});

test.each([
  [undefined, undefined, undefined],
  [undefined, 40, 40],
  [undefined, 1, 5],
  [7, undefined, 7],
])('with %s set by hand and a p95 of %s, the hedge goes after %s ms', (fixedDelayMs, quantileMs, expected) => {
  const { fixedDelayMs: _, ...rest } = settings;
  expect(hedgeDelayMs({ ...rest, ...(fixedDelayMs === undefined ? {} : { fixedDelayMs }) }, quantileMs)).toBe(expected);
});

function hedging(own = settings, followUps: RetrySettings | false = retrying) {
  const set = setUp();
  const { sim, observe } = set;
  const peers = createPeers(sim.clock);
  const layer = hedge(own, {
    ...sim,
    statistics: createStatistics(),
    endpoints: () => nodes('a', 'b', 'c'),
    peers,
    retrying: () => followUps,
    budget: createBudgets(() => ({ ratio: 0.2, reserve: 10 })),
    observe,
  });
  return { ...set, layer, peers: peers.group({ component: 'ranking' }) };
}

test('a slow first attempt is overtaken by the second, and stopped', async () => {
  const { sim, layer, events } = hedging();
  const { service, seen } = answering(sim, ({ attempt }) => ({
    afterMs: attempt === 1 ? 500 : 10,
    reply: replyOf('x', attempt),
  }));
  expect(await endOf(sim, layer(service)(testCall()))).toBe(2);
  expect(sim.clock.now()).toBe(30);
  expect(seen.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  expect(events.map(({ event }) => event)).toEqual(['hedge']);
});

test('a first attempt in time is not followed by another', async () => {
  const { sim, layer } = hedging();
  const { service, seen } = answering(sim, () => ({ afterMs: 19 }));
  await endOf(sim, layer(service)(testCall()));
  expect(seen).toHaveLength(1);
  expect(sim.pending).toBe(0);
});

test('a failed attempt is followed by another at once, and its error counts only when all have failed', async () => {
  const { sim, layer } = hedging();
  const { service, seen } = answering(sim, ({ attempt }) => ({
    afterMs: 1,
    ...(attempt === 1 ? { error: failure('unreachable') } : { reply: replyOf('x', attempt) }),
  }));
  expect(await endOf(sim, layer(service)(testCall()))).toBe(2);
  expect(sim.clock.now()).toBe(2);
  expect(seen).toHaveLength(2);
});

test('when everything fails, no more attempts are made than allowed, with the last error', async () => {
  const { sim, layer } = hedging();
  const { service, seen } = answering(sim, () => ({ afterMs: 1, error: failure('internal') }));
  expect(await endOf(sim, layer(service)(testCall()))).toBe('internal');
  expect(seen).toHaveLength(3);
  expect(sim.pending).toBe(0);
});

test('with retries off a failed attempt is not followed by another', async () => {
  const { sim, layer, events } = hedging(settings, false);
  const { service, seen } = answering(sim, () => ({ afterMs: 1, error: failure('unreachable') }));
  expect(await endOf(sim, layer(service)(testCall()))).toBe('unreachable');
  expect(seen).toHaveLength(1);
  expect(events).toEqual([]);
  expect(sim.pending).toBe(0);
});

test('with retries off a slow attempt is still hedged, and its failure waits for the hedge', async () => {
  const { sim, layer } = hedging(settings, false);
  const { service, seen } = answering(sim, ({ attempt }) =>
    attempt === 1 ? { afterMs: 25, error: failure('internal') } : { afterMs: 10, reply: replyOf('x', attempt) },
  );
  expect(await endOf(sim, layer(service)(testCall()))).toBe(2);
  expect(seen).toHaveLength(2);
});

test('failed attempts of a hedged call are as many, and wait as long, as the settings of retries say', async () => {
  const { sim, layer, events } = hedging(settings, { ...retrying, maxAttempts: 5, baseMs: 1, maxMs: 2 });
  const { service, seen } = answering(sim, () => ({ afterMs: 1, error: failure('internal') }));
  expect(await endOf(sim, layer(service)(testCall()))).toBe('internal');
  expect(seen).toHaveLength(5);
  for (const event of events)
    expect(event).toMatchObject({ event: 'retry', delayMs: expect.toSatisfy((ms: number) => ms <= 2) });
});

test('an error that another attempt cannot cure ends the call at once', async () => {
  const { sim, layer } = hedging();
  const { service, seen } = answering(sim, () => ({ afterMs: 1, error: failure('not_found') }));
  expect(await endOf(sim, layer(service)(testCall()))).toBe('not_found');
  expect(seen).toHaveLength(1);
});

test('hedges never exceed their budget', async () => {
  const { sim, layer, events } = hedging({ ...settings, reserve: 1 });
  const { service } = answering(sim, () => ({ afterMs: 100 }));
  const outcomes = Array.from({ length: 40 }, () => outcomeOf(layer(service)(testCall())));
  await sim.run();
  await Promise.all(outcomes);
  const count = (event: string) => events.filter((one) => one.event === event).length;
  expect(count('hedge')).toBe(1);
  expect(count('budget_exhausted')).toBe(39);
});

test('a caller that leaves stops every attempt', async () => {
  const { sim, layer } = hedging();
  const { service, seen } = answering(sim, () => ({ afterMs: 500 }));
  const controller = new AbortController();
  sim.scheduler.after(30, () => controller.abort());
  expect(await endOf(sim, layer(service)(testCall({ signal: controller.signal })))).toBe('cancelled');
  expect(seen.map(({ signal }) => signal.aborted)).toEqual([true, true]);
  expect(sim.pending).toBe(0);
});

test('a composite call is hedged later, and for a budget of its own: what is slow below it is hedged there', () => {
  expect(hedgeTerms(settings, { composite: false })).toMatchObject({ quantile: 0.95, ratio: 0.05 });
  expect(hedgeTerms(settings, { composite: true })).toMatchObject({ quantile: 0.99, ratio: 0.01 });
});

const waitingSince = (...sentAt: number[]) => ({
  ...createPeer('b', 0),
  underWay: new Set(sentAt.map((at) => ({ sentAt: at }))),
});

test.each([
  ['nobody else', [], false],
  ['an idle one', [waitingSince()], true],
  ['one that is late with all it was asked', [waitingSince(10, 60)], false],
  ['one that is late with half of it', [waitingSince(10, 90)], true],
  ['a late one and one in time', [waitingSince(10), waitingSince(95)], true],
  ['an ejected one', [{ ...waitingSince(), ejection: { ...neverEjected(0), until: 200 } }], false],
])('with %s to ask, a hedge after 20 ms is worthwhile: %s', (_, others, expected) => {
  expect(isWorthwhile(others, 100, 20)).toBe(expected);
});

test('while all replicas are late there is no hedge; when one is in time again, there is', async () => {
  const { sim, layer, peers, events } = hedging();
  const late = { sentAt: -100 };
  for (const node of ['b', 'c']) peers.get(node).underWay.add(late);
  const { service } = answering(sim, ({ attempt, planned }) => {
    assignNode(planned!, 'a');
    return { afterMs: attempt === 1 ? 500 : 10, reply: replyOf('x', attempt) };
  });
  sim.scheduler.after(105, () => peers.get('b').underWay.delete(late));
  expect(await endOf(sim, layer(service)(testCall()))).toBe(2);
  // Looked again every 20 ms.
  expect(sim.clock.now()).toBe(130);
  expect(events.map(({ event }) => event)).toEqual(['hedge']);
});

test('hedging at once, too, looks at replicas that are late only now and then', async () => {
  const { sim, layer, peers, events } = hedging({ ...settings, fixedDelayMs: 0 });
  for (const node of ['b', 'c']) peers.get(node).underWay.add({ sentAt: -100 });
  const { service } = answering(sim, ({ attempt, planned }) => {
    assignNode(planned!, 'a');
    return { afterMs: 50, reply: replyOf('x', attempt) };
  });
  const outcome = outcomeOf(layer(service)(testCall()));
  await sim.run(100);
  expect(await outcome).toBe(1);
  expect(events).toEqual([]);
  expect(sim.events).toBeLessThan(60);
});

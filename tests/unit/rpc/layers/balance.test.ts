import { expect, test } from 'vitest';
import type { Service } from '../../../../shared/rpc/call.ts';
import { createPlan, planAttempt } from '../../../../shared/rpc/attempt-plan.ts';
import { attempts } from '../../../../shared/rpc/layers/replicas/attempts.ts';
import { balance } from '../../../../shared/rpc/layers/balancing/balance.ts';
import {
  costOfFailure,
  isLighter,
  latencyNow,
  learnPeakEwma,
  observeLatency,
} from '../../../../shared/rpc/layers/balancing/peak-ewma.ts';
import type { PeakEwma } from '../../../../shared/rpc/layers/replicas/peers.ts';
import { createStatistics } from '../../../../shared/rpc/layers/replicas/latency-statistics.ts';
import { createPeer, createPeers, type Peer } from '../../../../shared/rpc/layers/replicas/peers.ts';
import { pickOfTwo } from '../../../../shared/rpc/layers/balancing/pick.ts';
import { candidates } from '../../../../shared/rpc/layers/balancing/candidates.ts';
import { slowStartShare, takingPart } from '../../../../shared/rpc/layers/balancing/slow-start.ts';
import { eject } from '../../../../shared/rpc/layers/replicas/ejection.ts';
import { seededRandom } from '../../../../shared/time/random.ts';
import { answering, failure, nodes, outcomeOf, plannedAfter, replyOf, setUp, testCall } from './helpers.ts';

const peers = (...ejected: boolean[]): Peer[] =>
  ejected.map((out, i) => {
    const peer = createPeer('abcdefgh'[i]!, 0);
    if (out) eject(peer.ejection, 100);
    return peer;
  });

test.each([
  ['all may be used', [false, false, false], [], [0, 1, 2], false],
  ['an ejected one is left out', [true, false, false], [], [1, 2], false],
  ['those tried are left out', [false, false, false], ['b'], [0, 2], false],
  ['when all were tried, they may be tried again', [false, false], ['a', 'b'], [0, 1], false],
  ['when those left were tried, they may be tried again', [true, false], ['b'], [1], false],
  ['with fewer than half left, ejections are ignored', [true, true, false], [], [0, 1, 2], true],
  ['in a panic those tried are left out too', [true, true, false], ['c'], [0, 1], true],
])('%s', (_, ejected, tried, indices, panic) => {
  expect(candidates(peers(...ejected), plannedAfter(tried).plan, 50, 0.5)).toEqual({ indices, panic });
});

test.each([
  ['the untried one', [false, false, false], ['a', 'b'], [2]],
  ['rather an ejected one than one that was tried', [false, false, true], ['a', 'b'], [2]],
  ['nobody, when all were tried', [false, false, true], ['a', 'b', 'c'], []],
])('attempts that must be distinct go to %s', (_, ejected, tried, indices) => {
  expect(candidates(peers(...ejected), plannedAfter(tried, { distinct: true }).plan, 50, 0.5)).toEqual({
    indices,
    panic: false,
  });
});

test('an ejection ends by itself', () => {
  expect(candidates(peers(true, false), undefined, 100, 0.5).indices).toEqual([0, 1]);
});

test.each([
  [0, 0.1],
  [500, 0.1],
  [5_000, 0.5],
  [10_000, 1],
  [99_999, 1],
])('a replica that is back for %d ms gets %d of its share', (ageMs, share) => {
  expect(slowStartShare(ageMs, 10_000)).toBe(share);
});

test('a new replica takes part in its share of the choices; where all are new, all take part', () => {
  const random = seededRandom(1);
  const [settled, fresh] = [createPeer('a', 0), createPeer('b', 15_000)];
  const drawn = Array.from({ length: 1_000 }, () => takingPart([0, 1], [settled, fresh], 18_000, 10_000, random));
  expect(drawn.every((indices) => indices.includes(0))).toBe(true);
  expect(drawn.filter((indices) => indices.includes(1)).length).toBeCloseTo(300, -2);
  expect(takingPart([0, 1], [fresh, fresh], 15_000, 10_000, random)).toEqual([0, 1]);
  // The only one that is left, for it was excluded elsewhere.
  expect(takingPart([1], [settled, fresh], 15_000, 10_000, random)).toEqual([1]);
});

test.each([
  ['as fast, with fewer calls', [1, 10], [2, 10], true],
  ['as fast, with as many calls', [1, 10], [1, 10], false],
  ['a little slower, with fewer calls', [1, 14], [2, 10], true],
  ['far slower, with fewer calls', [1, 50], [2, 10], false],
  ['far faster, with more calls', [3, 10], [1, 50], true],
])('a replica that is %s is the lighter one: %s', (_, a, b, expected) => {
  const load = ([calls, latencyMs]: number[]) => ({ calls: calls!, latencyMs: latencyMs! });
  expect(isLighter(load(a), load(b), 1.5)).toBe(expected);
});

test('of two random ones the less loaded is picked; with one there is no choice', () => {
  const random = seededRandom(1);
  const loads = [5, 1, 9];
  const counts = [0, 0, 0];
  for (let i = 0; i < 9_000; i++) counts[pickOfTwo(3, random, (a, b) => loads[a]! < loads[b]!)]! += 1;
  // Each pair comes up in a third of the draws: b wins two, a one, c none.
  expect(counts[1]).toBeGreaterThan(5_700);
  expect(counts[0]).toBeGreaterThan(2_700);
  expect(counts[2]).toBe(0);
  expect(pickOfTwo(1, random, () => true)).toBe(0);
});

test('a higher latency is believed at once, a lower one slowly, and what is not measured decays', () => {
  const latency = new Map<string, PeakEwma>();
  observeLatency(latency, 'rank', 10, 0);
  observeLatency(latency, 'rank', 200, 100);
  expect(latencyNow(latency, 'rank', 100)).toBe(200);
  observeLatency(latency, 'rank', 10, 1_100);
  expect(latencyNow(latency, 'rank', 1_100)).toBeCloseTo(10 + 190 * Math.exp(-0.5), 6);
  expect(latencyNow(latency, 'rank', 21_100)).toBeLessThan(30);
  expect(latencyNow(latency, 'never', 0)).toBeGreaterThan(0);
});

test.each([
  ['its own fault, quickly', 1, 20, { toBlame: 'callee' }, 60],
  ['its own fault, slowly', 500, 20, { toBlame: 'callee' }, 500],
  ['one of many in a row', 1, 4_000, { toBlame: 'callee' }, 5_000],
  ['one of many in a row, and slower than the bound', 1, 9_000, { toBlame: 'callee' }, 9_000],
  ['one of many at once', 1, 60, { toBlame: 'callee', alreadyUnderWay: true }, 60],
  ['a lost connection', 1, 20, { toBlame: 'route' }, 60],
  ['the failure of a node below, quickly', 1, 20, { toBlame: 'deeper' }, 60],
  ['the fault of the request', 3, 20, { toBlame: 'caller' }, undefined],
  ['made here, before anything was sent', 0, 20, { toBlame: 'here' }, undefined],
  ['abandoned early', 5, 20, { toBlame: 'caller', abandoned: true }, undefined],
  ['abandoned late', 50, 20, { toBlame: 'caller', abandoned: true }, 50],
] as const)('a failure that is %s costs', (_, elapsedMs, expectedMs, how, cost) => {
  expect(costOfFailure(elapsedMs, expectedMs, { abandoned: false, alreadyUnderWay: false, ...how })).toBe(cost);
});

const by = (name: 'peak_ewma' | 'round_robin' | 'random' | 'least_outstanding') => ({
  by: name,
  panicShare: 0.5,
  alikeRatio: 1.5,
  slowStartMs: 0,
});

function balancing(name: Parameters<typeof by>[0], ...names: string[]) {
  const set = setUp();
  const { sim, observe } = set;
  const known = createPeers(sim.clock);
  const choice = balance(by(name), { ...sim, endpoints: () => nodes(...names), peers: known, observe });
  const timed = attempts({ clock: sim.clock, peers: known, statistics: createStatistics(), learn: learnPeakEwma });
  return { ...set, layer: (next: Service) => choice(timed(next)), known };
}

test.each([
  ['bad_page', 20],
  ['not_found', 20],
  ['overloaded', 60],
] as const)('after an answer with %s, the estimate of the replica is %d ms', async (code, costMs) => {
  const { layer, known } = balancing('peak_ewma', 'a');
  const peer = known.group({ component: 'ranking' }).get('a');
  const service = layer(() => Promise.reject(failure(code, { node: 'a', relayed: true })));
  observeLatency(peer.latency, testCall().operation.name, 20, 0);
  await outcomeOf(service(testCall()));
  expect(peer.latency.get(testCall().operation.name)?.costMs).toBe(costMs);
});

test('round robin goes in turn', async () => {
  const { layer } = balancing('round_robin', 'a', 'b', 'c');
  const service = layer((call) => Promise.resolve(replyOf(call.endpoint!.node, call.endpoint!.node)));
  const order = await Promise.all(Array.from({ length: 6 }, () => outcomeOf(service(testCall()))));
  expect(order.slice(0, 3).map(String).toSorted()).toEqual(['a', 'b', 'c']);
  expect(order.slice(3)).toEqual(order.slice(0, 3));
});

test('each attempt of a call goes to another replica while there is one', async () => {
  const { layer } = balancing('peak_ewma', 'a', 'b', 'c');
  const plan = createPlan();
  const service = layer(() => Promise.reject(failure('internal')));
  for (let i = 0; i < 3; i++) await outcomeOf(service(testCall({ planned: planAttempt(plan) })));
  expect(new Set(plan.attempts.map(({ node }) => node))).toEqual(new Set(['a', 'b', 'c']));
});

test('without any replica a call fails as unavailable, definitely', async () => {
  const { layer } = balancing('random');
  await expect(layer(() => Promise.resolve(replyOf('a')))(testCall({ shard: 2 }))).rejects.toMatchObject({
    code: 'unavailable',
    definite: true,
  });
});

test('audited calls go to all alike, to slow ones too', async () => {
  const { sim, layer } = balancing('peak_ewma', 'a', 'b', 'c');
  const asked: Record<string, number> = { a: 0, b: 0, c: 0 };
  const { service } = answering(sim, ({ endpoint }) => ({ afterMs: endpoint!.node === 'c' ? 50 : 1 }));
  const audited = layer((call) => (asked[call.endpoint!.node]!++, service(call)));
  for (let i = 0; i < 300; i++) {
    const outcome = outcomeOf(audited(testCall({ planned: plannedAfter([], { evenly: true }) })));
    await sim.run();
    await outcome;
  }
  for (const count of Object.values(asked)) expect(count).toBeGreaterThan(70);
});

test('a call that is meant for one node goes there, ejected or not, and to no other', async () => {
  const { layer, known } = balancing('random', 'a', 'b', 'c');
  eject(known.group({ component: 'ranking' }).get('b').ejection, Infinity);
  const asked = new Set<string>();
  const service = layer(async (call) => (asked.add(call.endpoint!.node), replyOf(call.endpoint!.node)));
  for (let i = 0; i < 10; i++)
    expect(await service(testCall({ planned: plannedAfter([], { only: ['b'] }) }))).toMatchObject({ from: 'b' });
  expect([...asked]).toEqual(['b']);
  await expect(service(testCall({ planned: plannedAfter([], { only: ['z'] }) }))).rejects.toMatchObject({
    code: 'unavailable',
  });
  await expect(service(testCall({ planned: plannedAfter(['a', 'b', 'c'], { distinct: true }) }))).rejects.toMatchObject(
    {
      code: 'unavailable',
    },
  );
});

test('the count of calls under way falls again, however a call ends', async () => {
  const { sim, layer, known } = balancing('least_outstanding', 'a');
  const { service } = answering(sim, (call) => ({
    afterMs: 5,
    ...(call.requestId === 'bad' ? { error: failure('internal') } : {}),
  }));
  const outcomes = ['good', 'bad'].map((requestId) => outcomeOf(layer(service)(testCall({ requestId }))));
  const peer = known.group({ component: 'ranking' }).get('a');
  expect(peer.underWay.size).toBe(2);
  await sim.run();
  await Promise.all(outcomes);
  expect(peer.underWay.size).toBe(0);
});

test.each(['round_robin', 'random', 'least_outstanding', 'peak_ewma'] as const)(
  'by %s, two shards of two replicas each get equal shares, though calls alternate between the shards',
  async (name) => {
    const { sim, observe } = setUp();
    const known = createPeers(sim.clock);
    const shards = [nodes('a-1', 'a-2'), nodes('b-1', 'b-2')];
    const layer = balance(by(name), {
      ...sim,
      endpoints: (_, shard) => shards[shard! - 1]!,
      peers: known,
      observe,
    });
    const timed = attempts({ clock: sim.clock, peers: known, statistics: createStatistics(), learn: learnPeakEwma });
    const asked = new Map<string, number>();
    const { service } = answering(sim, ({ endpoint }) => {
      asked.set(endpoint!.node, (asked.get(endpoint!.node) ?? 0) + 1);
      return { afterMs: 5 };
    });
    const call = layer(timed(service));
    for (let i = 0; i < 500; i++) {
      const outcomes = [1, 2].map((shard) => outcomeOf(call(testCall({ shard }))));
      await sim.run();
      await Promise.all(outcomes);
    }
    expect(asked.size).toBe(4);
    for (const count of asked.values())
      expect(Math.abs(count - 250)).toBeLessThanOrEqual(name === 'round_robin' ? 1 : 50);
  },
);

test('in turn, each operation has turns of its own: the costly one does not always meet the same replica', async () => {
  const { layer } = balancing('round_robin', 'a', 'b');
  const asked: string[] = [];
  const service = layer(async (call) => {
    asked.push(`${call.operation.name} ${call.endpoint!.node}`);
    return replyOf(call.endpoint!.node);
  });
  for (let i = 0; i < 10; i++) for (const kind of ['read', 'write'] as const) await service(testCall({ kind }));
  for (const what of ['read a', 'read b', 'write a', 'write b'])
    expect(asked.filter((one) => one === what)).toHaveLength(5);
});

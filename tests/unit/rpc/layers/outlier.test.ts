import { expect, test } from 'vitest';
import { attempts } from '../../../../shared/rpc/layers/replicas/attempts.ts';
import {
  ejectionMs,
  ejectionReason,
  emptyRecord,
  mayEject,
  outlier,
} from '../../../../shared/rpc/layers/replicas/outlier.ts';
import { createPeer, createPeers } from '../../../../shared/rpc/layers/replicas/peers.ts';
import { lowerMedian } from '../../../../shared/quantile.ts';
import { slowPeers } from '../../../../shared/rpc/layers/replicas/slow-peers.ts';
import { createStatistics } from '../../../../shared/rpc/layers/replicas/latency-statistics.ts';
import { resolvePolicy } from '../../../../shared/rpc/policy.ts';
import { sleep } from '../../../../shared/time/scheduler.ts';
import { failure, nodes, outcomeOf, replyOf, setUp, testCall } from './helpers.ts';

const settings = resolvePolicy('resilient').outlier || expect.fail('on by default');

test.each([
  ['4 failures', { failures: 4 }, undefined],
  ['5 failures in a row', { failures: 5 }, 'failures'],
  ['5 unanswered within a moment', { unanswered: 5, silentSince: 9_000 }, undefined],
  ['5 unanswered, and silence for 2 s', { unanswered: 5, silentSince: 8_000 }, 'silence'],
  ['silence, but nothing asked', { silentSince: 0 }, undefined],
])('the reason to eject after %s', (_, own, expected) => {
  expect(ejectionReason(settings, { ...emptyRecord(createPeer('a', 10_000)), ...own }, 10_000)).toBe(expected);
});

test.each([
  [0, 1, false],
  [0, 2, true],
  [1, 3, false],
  [0, 11, true],
  [1, 11, false],
  [1, 20, true],
  [2, 20, false],
])('with %d of %d replicas ejected, one more may be: %s', (ejected, replicas, expected) => {
  expect(mayEject(settings, ejected, replicas)).toBe(expected);
});

test('each further ejection is longer, up to a bound', () => {
  expect([0, 1, 2, 1_000].map((n) => ejectionMs(settings, n))).toEqual([5_000, 10_000, 15_000, 300_000]);
});

const speed = (node: string, ...ratios: number[]) => ({ node, ratios, slowWindows: 0 });
const six = (value: number) => Array.from({ length: 6 }, () => value);

test.each([
  ['alike', [six(1), six(1.2), six(0.9)], []],
  ['one far slower', [six(1), six(10), six(1)], ['b']],
  ['two replicas, one far slower', [six(0.3), six(3)], ['b']],
  ['one slower, but not far', [six(1), six(2.5), six(1)], []],
  ['one with single stragglers', [six(1), [1, 1, 1, 1, 50, 60], six(1)], []],
  ['one with too few answers to judge', [six(1), [10, 10], six(1)], []],
  ['nobody to compare with', [six(10)], []],
])('of replicas that are %s, the slow ones are found', (_, ratios, expected) => {
  const slow = slowPeers(
    settings,
    ratios.map((of, i) => speed('abc'[i]!, ...of)),
    10,
  );
  expect(slow.map(({ node }) => node)).toEqual(expected);
});

test('a difference of less than 5 ms is no reason, however large the ratio', () => {
  expect(slowPeers(settings, [speed('a', ...six(1)), speed('b', ...six(10))], 0.1)).toEqual([]);
});

test('the lower median', () =>
  expect([lowerMedian([3]), lowerMedian([1, 9]), lowerMedian([9, 1, 5])]).toEqual([3, 1, 5]));

function ejecting(...names: string[]) {
  const set = setUp();
  const { sim, observe } = set;
  const peers = createPeers(sim.clock);
  const statistics = createStatistics();
  const learn = outlier(settings, { statistics, endpoints: () => nodes(...names), observe });
  const layer = attempts({ clock: sim.clock, peers, statistics, learn });
  const attempt = async (node: string, code?: 'internal' | 'overloaded' | 'not_found', takesMs = 0) => {
    const outcome = outcomeOf(
      layer(async (call) => {
        if (takesMs > 0) await sleep(sim.scheduler, takesMs, call.signal);
        if (code) throw failure(code, { node });
        statistics.of(call.component, call.operation).record(node, takesMs, sim.clock.now());
        return replyOf(node);
      })(testCall({ endpoint: nodes(node)[0] })),
    );
    if (takesMs > 0) await sim.run(sim.clock.now() + takesMs + 1);
    return outcome;
  };
  /** An attempt that its caller gives up after so long: another replica answered. */
  const abandon = async (node: string, afterMs: number) => {
    const controller = new AbortController();
    sim.scheduler.after(afterMs, () => controller.abort(failure('cancelled')));
    const call = testCall({ endpoint: nodes(node)[0], signal: controller.signal });
    const outcome = outcomeOf(
      layer(({ signal }) => sleep(sim.scheduler, 60_000, signal).then(() => replyOf(node)))(call),
    );
    await sim.run(sim.clock.now() + afterMs + 1);
    return outcome;
  };
  return { ...set, peers: peers.group({ component: 'ranking' }), attempt, abandon };
}

test('five failures in a row eject a replica; the next replica stays, because at most one in N goes', async () => {
  const { peers, attempt, events } = ejecting('a', 'b', 'c');
  for (const node of ['a', 'b']) for (let i = 0; i < 5; i++) await attempt(node, 'internal');
  expect(peers.get('a').ejection.until).toBe(5_000);
  expect(peers.get('b').ejection.until).toBe(0);
  expect(events).toEqual([{ event: 'ejected', component: 'ranking', node: 'a', why: 'failures', forMs: 5_000 }]);
});

test('an answer between failures starts the count again; refusals and wrong requests do not count', async () => {
  const { peers, attempt } = ejecting('a', 'b');
  for (let i = 0; i < 4; i++) await attempt('a', 'internal');
  await attempt('a');
  for (let i = 0; i < 4; i++) await attempt('a', 'internal');
  for (let i = 0; i < 20; i++) await attempt('a', i % 2 ? 'overloaded' : 'not_found');
  expect(peers.get('a').ejection.until).toBe(0);
});

test('failures of a replaced process eject nobody', async () => {
  const { sim, peers, attempt, events } = ejecting('a', 'b');
  peers.get('a', 4);
  const late = Array.from({ length: 5 }, () => attempt('a', 'internal', 100));
  peers.get('a', 7);
  await Promise.all(late);
  await sim.run(1_000);
  expect(events).toEqual([]);
});

test('the only replica is never ejected', async () => {
  const { peers, attempt } = ejecting('a');
  for (let i = 0; i < 50; i++) await attempt('a', 'internal');
  expect(peers.get('a').ejection.until).toBe(0);
});

test('the silence of a replica counts from the first unanswered attempt, not from its last answer', async () => {
  const { sim, peers, attempt, abandon } = ejecting('a', 'b');
  for (let i = 0; i < 20; i++) await attempt('a');
  await sim.run(10_000);
  for (let i = 0; i < 8; i++) await abandon('a', 20);
  expect(peers.get('a').ejection.until).toBe(0);
  await sim.run(12_100);
  await abandon('a', 20);
  expect(peers.get('a').ejection.until).toBeGreaterThan(0);
});

test('attempts that were abandoned tell of a slow replica: they took at least so long', async () => {
  const { sim, attempt, abandon, events } = ejecting('a', 'b');
  for (let second = 1; second <= 5; second++) {
    for (let i = 0; i < 10; i++) {
      await abandon('a', 40);
      await attempt('b', undefined, 5);
    }
    await attempt('a', undefined, 45);
    await sim.run(second * 1_000);
  }
  expect(events).toContainEqual({ event: 'ejected', component: 'ranking', node: 'a', why: 'latency', forMs: 5_000 });
});

test('an ejection is forgotten after a good while, and that alone: the replica does not begin anew', async () => {
  const { sim, peers, attempt } = ejecting('a', 'b');
  for (let i = 0; i < 5; i++) await attempt('a', 'internal');
  const { ejection } = peers.get('a');
  expect(ejection).toMatchObject({ count: 1, until: 5_000, admittedAt: 5_000 });
  for (let second = 5; second <= 30; second++) {
    await sim.run(second * 1_000);
    for (let i = 0; i < 6; i++) for (const node of ['a', 'b']) await attempt(node, undefined, 5);
  }
  expect(ejection).toMatchObject({ count: 0, admittedAt: 5_000 });
});

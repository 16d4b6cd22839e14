import { expect, test } from 'vitest';
import { createMetrics } from '../../../shared/observe/metrics.ts';
import { seededRandom } from '../../../shared/time/random.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';
import type { KeptTrace } from '../../../shared/trace/contract.ts';
import { createKeeper } from '../../../shared/trace/keeper.ts';

interface Ended {
  readonly id: string;
  readonly atMs: number;
  readonly durationMs?: number;
  readonly failed?: boolean;
}

/** What a keeper tells the component `traces` about these requests. */
async function told(
  requests: readonly Ended[],
  { limits = { errors: 2, slowest: 1, perSecond: 0 }, answers = true } = {},
) {
  const sim = createSimulation('keeper');
  const metrics = createMetrics({}, { process: false });
  const messages: { atMs: number; traces: readonly KeptTrace[] }[] = [];
  const keeper = createKeeper({
    ...sim,
    metrics,
    random: seededRandom('lot'),
    keep(traces) {
      messages.push({ atMs: sim.clock.now(), traces });
      return answers ? Promise.resolve() : Promise.reject(new Error('traces is down'));
    },
  });
  for (const { id, atMs, durationMs = 1, failed = false } of requests)
    sim.scheduler.after(atMs, () =>
      keeper.ended({ traceId: id, failed, durationMs, endedAt: sim.clock.now() }, limits),
    );
  await sim.run();
  const count = async (name: string) =>
    Object.fromEntries((await metrics.read(name)).map(({ labels, value }) => [labels['because'] ?? 'all', value]));
  return {
    messages,
    sim,
    kept: await count('tierlab_traces_kept_total'),
    lost: await count('tierlab_traces_lost_total'),
  };
}

const reasons = ({ traces }: { traces: readonly KeptTrace[] }) =>
  traces.map(({ traceId, because }) => `${traceId} ${because}`).toSorted();

test.each<[string, readonly Ended[], { errors: number; slowest: number; perSecond: number }, readonly string[]]>([
  [
    'each failed request',
    [
      { id: 'a', atMs: 0, failed: true },
      { id: 'b', atMs: 1 },
      { id: 'c', atMs: 2, failed: true },
    ],
    { errors: 9, slowest: 0, perSecond: 0 },
    ['a error', 'c error'],
  ],
  [
    'no more failed requests than the limit',
    Array.from({ length: 50 }, (_, i) => ({ id: `${i}`, atMs: i, failed: true })),
    { errors: 2, slowest: 0, perSecond: 0 },
    ['0 error', '1 error'],
  ],
  [
    'the slowest of the second, whenever it ended',
    [
      { id: 'a', atMs: 0, durationMs: 5 },
      { id: 'b', atMs: 500, durationMs: 90 },
      { id: 'c', atMs: 999, durationMs: 7 },
    ],
    { errors: 0, slowest: 1, perSecond: 0 },
    ['b slow'],
  ],
  [
    'all, where fewer requests came than may be drawn by lot',
    [
      { id: 'a', atMs: 0 },
      { id: 'b', atMs: 1 },
    ],
    { errors: 0, slowest: 0, perSecond: 5 },
    ['a sample', 'b sample'],
  ],
  ['none, where all limits are 0', [{ id: 'a', atMs: 0, failed: true }], { errors: 0, slowest: 0, perSecond: 0 }, []],
])('kept: %s', async (_, requests, limits, expected) => {
  const { messages } = await told(requests, { limits });
  expect(messages.flatMap(reasons)).toEqual(expected);
});

test('one message per second is bounded by the limits, whatever the load', async () => {
  const limits = { errors: 3, slowest: 2, perSecond: 4 };
  const flood = Array.from({ length: 5_000 }, (_, i) => ({
    id: `${i}`,
    atMs: i / 2,
    durationMs: i % 997,
    failed: i % 3 === 0,
  }));
  const { messages, kept } = await told(flood, { limits });
  expect(messages).toHaveLength(3);
  for (const { traces } of messages) expect(traces.length).toBeLessThanOrEqual(3 + 2 + 4);
  expect(kept['error']).toBe(3 * 3);
  expect(Object.values(kept).reduce((a, b) => a + b)).toBe(messages.flatMap(({ traces }) => traces).length);
});

test('a message says how long ago each request ended, and each second is judged alone', async () => {
  const { messages } = await told([
    { id: 'a', atMs: 100, durationMs: 80 },
    { id: 'b', atMs: 400, durationMs: 5 },
    { id: 'c', atMs: 5_000, durationMs: 2 },
  ]);
  expect(messages).toEqual([
    { atMs: 1_100, traces: [{ traceId: 'a', because: 'slow', endedAgoMs: 1_000 }] },
    { atMs: 6_000, traces: [{ traceId: 'c', because: 'slow', endedAgoMs: 1_000 }] },
  ]);
});

test('an idle node sets no timer, and traces that nobody took are counted as lost', async () => {
  expect((await told([])).sim.events).toBe(0);
  const { kept, lost } = await told([{ id: 'a', atMs: 0, failed: true }], { answers: false });
  expect({ kept, lost }).toEqual({ kept: { error: 1, slow: 0, sample: 0 }, lost: { all: 1 } });
});

import { expect, test } from 'vitest';
import type { Trace } from '../../../services/traces/contract.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import { sleep } from '../../../shared/time/scheduler.ts';
import { constant, type Distribution, exponential } from '../../../shared/time/sim/distribution.ts';
import { createTracedWorld, outline } from './traced-world.ts';

const nodes = ['client-1', 'app-1', 'query-1', 'query-2', 'database-1', 'database-2'];
const voters = ['ranking-1', 'ranking-2', 'ranking-3'];

/**
 * One search: the app asks a query node, which fails, and then the other one. It asks a database, which is slow, and
 * then the other one, and puts the ranking to the vote of three nodes.
 */
async function search(seed: number, serviceTime: Distribution): Promise<Trace> {
  const world = createTracedWorld(seed, [...nodes, ...voters]);
  const { sim, request, ask } = world;
  const app = world.client('app-1', {
    base: 'naive',
    retry: true,
    hedge: { fixedDelayMs: 20 },
    quorum: { when: 'always', f: 1, operations: { 'ranking.read': {} } },
  });
  const client = world.client('client-1', { base: 'naive' });
  const asked = { query: 0, database: 0 };
  const tier = { workers: 1, serviceTime, policy: 'naive' };
  world.servers('query', 2, {
    ...tier,
    async afterwards() {
      if (asked.query++ === 0) throw new RpcError('unavailable', 'the first node that is asked is not ready');
    },
  });
  world.servers('database', 2, {
    ...tier,
    afterwards: async ({ signal }) => void (asked.database++ === 0 && (await sleep(sim.scheduler, 100, signal))),
  });
  world.servers('ranking', 3, tier);
  world.servers('app', 1, {
    ...tier,
    async afterwards(call) {
      for (const component of ['query', 'database', 'ranking']) await ask(app.service, call, component);
    },
  });
  const answered = request('client-1', 'client', (cause) => ask(client.service, cause, 'app'));
  const [trace] = await world.traces();
  await answered;
  return trace!;
}

/** `database-2` becomes `database-other` where `database-1` was asked first, and the other way round. */
function inOrderOfAsking(trace: Trace): string[] {
  const first = (component: string) =>
    trace.spans.find(({ kind, peer }) => kind === 'attempt' && peer?.startsWith(component))!.peer!;
  return outline(trace).map((line) =>
    line.replace(/(query|database)-\d/, (node, tier: string) => `${tier}-${node === first(tier) ? 'first' : 'other'}`),
  );
}

test('a search with a retry, a hedge and a vote is one trace, with each span below its cause', async () => {
  const trace = await search(1, constant(4));
  expect(inOrderOfAsking(trace).filter((line) => !line.includes('ranking-'))).toEqual([
    'request client-1',
    ' call app',
    '  attempt first app-1 ok',
    '   serve app-1',
    '    call query',
    '     attempt first query-first unavailable',
    '      serve query-first',
    '     attempt retry query-other ok',
    '      serve query-other',
    '    call database',
    '     attempt first database-first cancelled',
    '      serve database-first',
    '     attempt hedge database-other ok',
    '      serve database-other',
    '    call ranking',
  ]);
  const votes = outline(trace).slice(15);
  // f + 1 equal answers are enough: the third node is not asked.
  const voted = voters.filter((node) => votes.includes(`     attempt vote ${node} ok`));
  expect(voted).toHaveLength(2);
  for (const node of voted)
    expect(votes[votes.indexOf(`     attempt vote ${node} ok`) + 1]).toBe(`      serve ${node}`);
  expect(votes).toHaveLength(4);
  const { hops, extraAttempts, missingSpans, outcome } = trace;
  expect({ hops, extraAttempts, missingSpans, outcome }).toEqual({
    // app, query, database and ranking: a retry, a hedge and a second vote are no further hops.
    hops: 4,
    extraAttempts: 2,
    missingSpans: 0,
    outcome: 'ok',
  });
  const maskedBy = trace.spans.flatMap((span) => (span.maskedBy ? [`${span.component} ${span.maskedBy}`] : []));
  expect(maskedBy).toEqual(['query retry', 'database hedge']);
});

test('the held times are the work of the stations, and the rest is the network', async () => {
  const { spans, tiers, durationMs } = await search(1, constant(4));
  const held = Object.fromEntries(tiers.map((tier) => [tier.component, tier]));
  // The hedge leaves after 20 ms and wins 4.5 ms later. The slow node begins 0.25 ms late, and stops 0.25 ms late.
  expect(held['query']).toMatchObject({ requests: 2, heldMs: 8, workMs: 8 });
  expect(held['ranking']).toMatchObject({ requests: 2, heldMs: 8, workMs: 8 });
  expect(held['database']).toMatchObject({ requests: 2 });
  expect(held['database']!.heldMs).toBeCloseTo(24.5 + 4, 6);
  expect(held['app']).toMatchObject({ requests: 1, workMs: 4, waitForDataMs: 24.5 });
  expect(held['client']!.waitForResultMs).toBeCloseTo(durationMs, 6);
  for (const span of spans.filter(({ kind, outcome }) => kind === 'serve' && outcome === 'ok'))
    expect(span.networkMs).toBeCloseTo(0.5, 6);
  for (const { parent, startMs } of spans.slice(1)) expect(startMs).toBeGreaterThanOrEqual(spans[parent!]!.startMs);
});

test('the same seed gives the same trace, and another seed another one', async () => {
  const first = await search(7, exponential(4));
  expect(await search(7, exponential(4))).toEqual(first);
  const { durationMs } = await search(8, exponential(4));
  expect(durationMs).not.toBe(first.durationMs);
});

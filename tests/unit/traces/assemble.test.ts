import { expect, test } from 'vitest';
import { assert, double, property } from 'fast-check';
import { assembleTrace } from '../../../services/traces/assemble.ts';
import type { Trace } from '../../../services/traces/contract.ts';
import type { Span } from '../../../shared/trace/span.ts';
import { remoteCall, span, requestSpan } from './given.ts';

const known = { because: 'sample', endedAt: 1_000 } as const;
const root = requestSpan({ startMs: 500 });

function assembled(spans: readonly Span[], id = 't'): Trace {
  const trace = assembleTrace(id, spans, known);
  expect(trace).toBeDefined();
  return trace!;
}

/** Two hops: client-1 calls app-1, which calls database-1; the clocks of the three nodes have nothing in common. */
const twoHops = [
  root,
  ...remoteCall({
    node: 'client-1',
    peer: 'app-1',
    parentId: 'root',
    id: 'c1',
    component: 'app',
    startMs: 510,
    durationMs: 80,
    servedMs: 60,
    peerClockMs: 9_000_000,
  }),
  ...remoteCall({
    node: 'app-1',
    peer: 'database-1',
    parentId: 'c1-served',
    id: 'c2',
    component: 'database',
    startMs: 9_000_020,
    durationMs: 30,
    servedMs: 10,
    peerClockMs: -77,
    queueMs: 4,
  }),
];

test('the work of a called node lies in the middle of the attempt that caused it', () => {
  const { spans } = assembled(twoHops);
  expect(spans.map(({ kind, node, depth, startMs }) => [kind, node, depth, startMs])).toEqual([
    ['request', 'client-1', 0, 0],
    ['call', 'client-1', 1, 10],
    ['attempt', 'client-1', 2, 10],
    ['serve', 'app-1', 3, 20],
    ['call', 'app-1', 4, 40],
    ['attempt', 'app-1', 5, 40],
    // 16 ms on the way, half of them there; then 4 ms in the queue
    ['serve', 'database-1', 6, 52],
  ]);
  expect(spans[6]).toMatchObject({ queueMs: 4, networkMs: 16, peer: 'app-1' });
});

test('the clocks of the nodes do not matter', () => {
  assert(
    property(double({ min: -1e9, max: 1e9, noNaN: true }), double({ min: -1e9, max: 1e9, noNaN: true }), (a, b) => {
      const shifted = twoHops.map((it) => ({
        ...it,
        startMs: it.startMs + (it.node === 'app-1' ? a : it.node === 'database-1' ? b : 0),
      }));
      const starts = (spans: readonly Span[]) => assembled(spans).spans.map(({ startMs }) => Math.round(startMs * 100));
      expect(starts(shifted)).toEqual(starts(twoHops));
    }),
  );
});

test('a node works, waits for data or waits for a result, which is its whole time; the rest is on the way', () => {
  const { spans, tiers } = assembled(twoHops);
  expect(spans[0]!.time).toEqual({ workMs: 20, waitForDataMs: 0, waitForResultMs: 80 });
  expect(spans[3]!.time).toEqual({ workMs: 30, waitForDataMs: 30, waitForResultMs: 0 });
  expect(tiers.map(({ component, requests, heldMs, wayMs }) => [component, requests, heldMs, wayMs])).toEqual([
    ['client', 1, 100, 0],
    ['app', 1, 60, 20],
    // 16 ms on the way, and 4 ms in the queue
    ['database', 1, 10, 20],
  ]);
  const all = (member: 'workMs' | 'wayMs') => tiers.reduce((sum, tier) => sum + tier[member], 0);
  expect(all('workMs') + all('wayMs')).toBe(100);
});

test('an abandoned attempt and its answer that came too late are shown, and nothing starts before its caller', () => {
  const call = span({
    kind: 'call',
    node: 'client-1',
    spanId: 'c',
    parentId: 'root',
    startMs: 510,
    durationMs: 30,
    maskedBy: 'hedge',
  });
  const attempt = (own: Partial<Span>) => span({ ...call, kind: 'attempt', parentId: 'c', ...own });
  const serve = (own: Partial<Span> & { node: string }) =>
    span({ kind: 'serve', parentId: 'c', component: 'app', ...own });
  const { spans, hops, extraAttempts } = assembled([
    root,
    call,
    attempt({ peer: 'app-1', durationMs: 30, outcome: 'cancelled' }),
    attempt({ peer: 'app-2', attempt: 2, attemptKind: 'hedge', startMs: 530, durationMs: 10 }),
    serve({ node: 'app-1', durationMs: 90 }),
    serve({ node: 'app-2', attempt: 2, durationMs: 6 }),
  ]);
  expect({ hops, extraAttempts }).toEqual({ hops: 1, extraAttempts: 1 });
  expect(spans[1]).toMatchObject({ kind: 'call', maskedBy: 'hedge' });
  expect(spans.filter(({ kind }) => kind === 'serve')).toMatchObject([
    { node: 'app-1', startMs: 10, durationMs: 90, networkMs: 0 },
    { node: 'app-2', startMs: 32, durationMs: 6, networkMs: 4 },
  ]);
});

test('a hedge is the same call, and what its replaced attempt called is no further hop', () => {
  const call = span({ kind: 'call', node: 'client-1', spanId: 'c', parentId: 'root', startMs: 510, durationMs: 40 });
  const attempt = (own: Partial<Span>) => span({ ...call, kind: 'attempt', parentId: 'c', ...own });
  const served = (node: string, number: number) => [
    span({ kind: 'serve', node, attempt: number, spanId: node, parentId: 'c', component: 'app', durationMs: 20 }),
    ...remoteCall({
      node,
      peer: 'database-1',
      parentId: node,
      id: `${node}-find`,
      component: 'database',
      startMs: 535,
      durationMs: 10,
      servedMs: 5,
      peerClockMs: 0,
    }),
  ];
  const { hops, extraAttempts, spans } = assembled([
    root,
    call,
    attempt({ peer: 'app-1', durationMs: 40, outcome: 'cancelled' }),
    attempt({ peer: 'app-2', attempt: 2, attemptKind: 'hedge', startMs: 530, durationMs: 20 }),
    ...served('app-1', 1),
    ...served('app-2', 2),
  ]);
  expect(spans.map(({ node, replaced = false }) => [node, replaced])).toEqual([
    ['client-1', false],
    ['client-1', false],
    ['client-1', true],
    ['app-1', true],
    ['app-1', true],
    ['app-1', true],
    ['database-1', true],
    ['client-1', false],
    ['app-2', false],
    ['app-2', false],
    ['app-2', false],
    ['database-1', false],
  ]);
  expect({ hops, extraAttempts }).toEqual({ hops: 2, extraAttempts: 1 });
});

test('votes are matched with their nodes, and a lost span is counted', () => {
  const call = span({ kind: 'call', node: 'client-1', spanId: 'c', parentId: 'root', startMs: 500 });
  const vote = (peer: string) => span({ ...call, kind: 'attempt', parentId: 'c', peer, attemptKind: 'vote' });
  const { spans, missingSpans, extraAttempts } = assembled([
    root,
    call,
    vote('app-1'),
    vote('app-2'),
    span({ kind: 'serve', node: 'app-2', parentId: 'c', durationMs: 2 }),
  ]);
  expect(spans.map(({ kind, peer, node }) => [kind, kind === 'attempt' ? peer : node])).toEqual([
    ['request', 'client-1'],
    ['call', 'client-1'],
    ['attempt', 'app-1'],
    ['attempt', 'app-2'],
    ['serve', 'app-2'],
  ]);
  expect({ missingSpans, extraAttempts }).toEqual({ missingSpans: 1, extraAttempts: 0 });
});

test('a local call is one hop less, and its handler waits like any other', () => {
  const call = span({
    kind: 'call',
    node: 'client-1',
    component: 'gateway',
    spanId: 'g',
    parentId: 'root',
    startMs: 500,
    durationMs: 50,
  });
  const { spans, hops } = assembled([
    root,
    call,
    span({ ...call, kind: 'attempt', parentId: 'g', peer: 'client-1' }),
    span({
      kind: 'call',
      node: 'client-1',
      component: 'database',
      spanId: 'x',
      parentId: 'g',
      startMs: 520,
      durationMs: 20,
    }),
  ]);
  expect(hops).toBe(0);
  expect(spans[2]).toMatchObject({ local: true, time: { workMs: 30, waitForDataMs: 20, waitForResultMs: 0 } });
  expect(spans[3]).toMatchObject({ fromCache: true, depth: 3 });
});

test('where one trace holds two requests, each is shown alone', () => {
  const other = { ...root, requestId: 'other', spanId: 'root2' };
  expect(assembled([other, ...twoHops], 'other').spans).toHaveLength(1);
  expect(assembled([other, ...twoHops], 'r').spans).toHaveLength(7);
});

test('without the request itself there is no trace', () => {
  expect(assembleTrace('t', twoHops.slice(1), known)).toBeUndefined();
});

import { expect, test } from 'vitest';
import { assembleTrace } from '../../../services/traces/assemble.ts';
import { waterfallRows } from '../../../services/traces/rows.ts';
import type { Span } from '../../../shared/trace/span.ts';
import { remoteCall, span, requestSpan } from './given.ts';

const root = requestSpan({ operation: 'GET /search' });
const call = span({ kind: 'call', node: 'client-1', spanId: 'c', parentId: 'root', startMs: 10, durationMs: 40 });
const attempt = (peer: string, own: Partial<Span> = {}) =>
  span({ ...call, kind: 'attempt', peer, parentId: 'c', ...own });
const serve = (node: string, own: Partial<Span> = {}) =>
  span({ kind: 'serve', node, peer: 'client-1', parentId: 'c', durationMs: 20, ...own });

function rowsOf(...spans: readonly Span[]) {
  const trace = assembleTrace('t', [root, ...spans], { because: 'asked', endedAt: 0 });
  return waterfallRows(trace!);
}

const lines = (...spans: readonly Span[]) =>
  rowsOf(...spans)
    .slice(1)
    .map(({ depth, node, what, notes, heldMs }) => [depth, node, what, notes.join(' '), heldMs]);

test.each<[string, readonly Span[], readonly (readonly unknown[])[]]>([
  ['nothing below the request', [], []],
  ['one answered call is one row', [call, attempt('app-1'), serve('app-1')], [[1, 'app-1', 'app.search', '', 20]]],
  [
    'each attempt is a row',
    [
      call,
      attempt('app-1', { outcome: 'unreachable' }),
      attempt('app-2', { attempt: 2, attemptKind: 'retry', startMs: 20, durationMs: 30 }),
      serve('app-2', { attempt: 2 }),
    ],
    [
      [1, 'app-1', 'app.search', 'unreachable', undefined],
      [1, 'app-2', 'app.search', 'retry', 20],
    ],
  ],
  [
    'an abandoned attempt that was answered too late is shown with its time',
    [
      call,
      attempt('app-1', { outcome: 'cancelled' }),
      attempt('app-2', { attempt: 2, attemptKind: 'hedge', startMs: 20, durationMs: 30 }),
      serve('app-1', { durationMs: 90 }),
      serve('app-2', { attempt: 2 }),
    ],
    [
      [1, 'app-1', 'app.search', 'cancelled', 90],
      [1, 'app-2', 'app.search', 'hedge', 20],
    ],
  ],
  [
    'votes',
    [call, ...[1, 2].map((i) => attempt(`app-${i}`, { attemptKind: 'vote' })), serve('app-1'), serve('app-2')],
    [
      [1, 'app-1', 'app.search', 'vote', 20],
      [1, 'app-2', 'app.search', 'vote', 20],
    ],
  ],
  ['an answer from the cache', [call], [[1, 'client-1', 'app.search', 'from the cache', undefined]]],
  [
    'a call that never left its node',
    [span({ ...call, outcome: 'overloaded' })],
    [[1, 'client-1', 'app.search', 'overloaded', undefined]],
  ],
  ['a lost answer', [call, attempt('app-1')], [[1, 'app-1', 'app.search', '', undefined]]],
  [
    'a call within the node',
    [span({ ...call, shard: 2 }), attempt('client-1', { shard: 2 })],
    [[1, 'client-1', 'app.search shard 2', '', 40]],
  ],
  [
    'calls below calls are deeper',
    [
      call,
      attempt('app-1'),
      serve('app-1', { spanId: 'served' }),
      ...remoteCall({
        node: 'app-1',
        peer: 'database-1',
        parentId: 'served',
        id: 'd',
        component: 'database',
        startMs: 5,
        durationMs: 9,
        servedMs: 3,
        peerClockMs: 0,
      }),
    ],
    [
      [1, 'app-1', 'app.search', '', 20],
      [2, 'database-1', 'database.search', '', 3],
    ],
  ],
])('rows: %s', (_, spans, expected) => {
  expect(lines(...spans)).toEqual(expected);
});

const segments = (row: ReturnType<typeof rowsOf>[number] | undefined) =>
  row?.segments.map(({ phase, startMs, durationMs }) => `${startMs} ${phase} ${durationMs}`);

test('a row shows the way, the queue and the work of its call, in order and without gaps', () => {
  const [request, app] = rowsOf(call, attempt('app-1'), serve('app-1', { queueMs: 4 }));
  expect(segments(request)).toEqual(['0 work 10', '10 wait-for-result 40', '50 work 50']);
  expect(segments(app)).toEqual(['10 way 8', '18 queue 4', '22 work 20', '42 way 8']);
});

test('where calls overlap, the wait for data is shown', () => {
  const beside = (component: string, startMs: number, durationMs: number) =>
    span({ ...call, spanId: component, component, startMs, durationMs });
  expect(segments(rowsOf(beside('ranking', 10, 40), beside('database', 20, 10))[0])).toEqual([
    '0 work 10',
    '10 wait-for-result 10',
    '20 wait-for-data 10',
    '30 wait-for-result 20',
    '50 work 50',
  ]);
});

test('a failed attempt is marked as failed for its whole time', () => {
  expect(segments(rowsOf(call, attempt('app-1', { outcome: 'unreachable' }))[1])).toEqual(['10 failed 40']);
});

test('a failed request carries its error', () => {
  const trace = assembleTrace('t', [{ ...root, outcome: 'unavailable' }], { because: 'error', endedAt: 0 });
  expect(waterfallRows(trace!)).toMatchObject([{ notes: ['unavailable'], outcome: 'unavailable' }]);
  expect(waterfallRows({ spans: [] })).toEqual([]);
});

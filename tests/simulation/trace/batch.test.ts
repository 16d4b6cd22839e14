import Type from 'typebox';
import { expect, test } from 'vitest';
import { waterfallRows } from '../../../services/traces/rows.ts';
import { contract, operation } from '../../../shared/rpc/contract.ts';
import { constant } from '../../../shared/time/sim/distribution.ts';
import { createTracedWorld, outline } from './traced-world.ts';

const empty = Type.Object({});
const { readMany } = contract('ranking', {
  readMany: operation({ summary: 'many reads', request: empty, response: empty }),
}).operations;
const codecs = {
  'ranking.read': {
    operation: readMany,
    merge: () => ({}),
    split: (body: unknown, all: unknown[]) => all.map(() => body),
  },
};

/** Requests that make so many calls each, all at the same moment. */
async function requestsOf(...calls: readonly number[]) {
  const world = createTracedWorld(1, ['app-1', 'ranking-1'], codecs as never);
  world.servers('ranking', 1, { workers: 8, serviceTime: constant(3), policy: 'naive' });
  const { service } = world.client('app-1', {
    base: 'naive',
    batch: { operations: { 'ranking.read': { windowMs: 2 } } },
  });
  const answered = calls.map((count) =>
    world.request('app-1', 'app', (cause) =>
      Promise.all(Array.from({ length: count }, () => world.ask(service, cause, 'ranking'))),
    ),
  );
  const traces = await world.traces();
  await Promise.all(answered);
  return traces;
}

test('each call of a batch has its attempt in the trace, and only the batch is a hop', async () => {
  const [trace] = await requestsOf(3);
  const { spans, hops, missingSpans } = trace!;
  expect(outline(trace!)).toEqual([
    'request app-1',
    ' call ranking',
    '  attempt first ranking-1 ok',
    '   serve ranking-1',
    ' call ranking',
    '  attempt first ranking-1 ok',
    ' call ranking',
    '  attempt first ranking-1 ok',
  ]);
  expect({ hops, missingSpans }).toEqual({ hops: 1, missingSpans: 0 });
  expect(spans.filter(({ fromCache }) => fromCache)).toEqual([]);
  const attempts = spans.filter(({ kind }) => kind === 'attempt');
  expect(attempts.map(({ operation: name, batched = false }) => [name, batched])).toEqual([
    ['readMany', false],
    ['readMany', true],
    ['readMany', true],
  ]);
  expect(waterfallRows(trace!).map(({ node, notes }) => `${node} ${notes.join()}`)).toEqual([
    'app-1 ',
    'ranking-1 ',
    'ranking-1 in a batch',
    'ranking-1 in a batch',
  ]);
});

test('a call in the batch of another request is a hop of its own trace too', async () => {
  const [first, second] = await requestsOf(1, 2);
  expect(outline(first!)).toContain('   serve ranking-1');
  expect(outline(second!)).toEqual([
    'request app-1',
    ' call ranking',
    '  attempt first ranking-1 ok',
    ' call ranking',
    '  attempt first ranking-1 ok',
  ]);
  for (const trace of [first!, second!]) expect(trace).toMatchObject({ hops: 1, missingSpans: 0 });
});

test('a batch of one call is that call', async () => {
  const [trace] = await requestsOf(1);
  const names = trace!.spans.map(({ operation: name, batched = false }) => [name, batched]);
  expect(names.slice(1)).toEqual([
    ['read', false],
    ['read', false],
    ['read', false],
  ]);
});

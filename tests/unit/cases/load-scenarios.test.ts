import { expect, test } from 'vitest';
import { nextMove, startSession } from '../../../loadgen/engine/session.ts';
import type { Session } from '../../../loadgen/workload/request.ts';

const scenario = (request: unknown) => () => [request].values() as unknown as Session;

test.each([
  { id: 'L4', input: undefined, right: /not an object/ },
  { id: 'L4', input: 5, right: /not an object/ },
  { id: 'L4', input: '/path', right: /not an object/ },
  { id: 'L4', input: [], right: /not an object/ },
  { id: 'L4', input: {}, right: /method/ },
  { id: 'L4', input: { thinkMs: Number.NaN }, right: /pauses for NaN/ },
  { id: 'L4', input: { thinkMs: Infinity }, right: /pauses for Infinity/ },
  { id: 'L4', input: { thinkMs: -1 }, right: /pauses for -1/ },
  { id: 'L4', input: { thinkMs: '1s' }, right: /pauses for 1s/ },
])('$id calls a session that yields $input broken and says why', ({ input, right }) => {
  const session = startSession(scenario(input)) as Session;
  expect(nextMove(session, undefined)).toEqual({ kind: 'broken', why: expect.stringMatching(right) });
});

test.each<{ id: string; input: string; start: () => unknown; right: RegExp }>([
  { id: 'L4', input: 'no generator', start: () => 5, right: /not a generator function/ },
  { id: 'L4', input: 'nothing', start: () => undefined, right: /not a generator function/ },
  {
    id: 'L4',
    input: 'a throw before the first step',
    start: () => {
      throw new TypeError('no such\nfield');
    },
    right: /^TypeError: no such field$/,
  },
  {
    id: 'L4',
    input: 'a throw of null',
    start: () => ({
      next: () => {
        throw null;
      },
    }),
    right: /it throws null/,
  },
  {
    id: 'L4',
    input: 'an async generator',
    start: async function* () {
      yield await Promise.resolve(1);
    },
    right: /async generator/,
  },
])('$id calls a scenario with $input broken and says why', ({ start, right }) => {
  const session = startSession(start as () => Session);
  const why = typeof session === 'string' ? session : nextMove(session, undefined);
  expect(typeof why === 'string' ? why : why.kind === 'broken' && why.why).toMatch(right);
});

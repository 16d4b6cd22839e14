import { expect, test } from 'vitest';
import { nextMove, startSession } from '../../../loadgen/engine/session.ts';
import type { Session } from '../../../loadgen/workload/request.ts';

const scenario = (request: unknown) => () => [request].values() as unknown as Session;

test.each([
  { input: undefined, right: /not an object/ },
  { input: 5, right: /not an object/ },
  { input: '/path', right: /not an object/ },
  { input: [], right: /not an object/ },
  { input: {}, right: /method/ },
  { input: { thinkMs: Number.NaN }, right: /pauses for NaN/ },
  { input: { thinkMs: Infinity }, right: /pauses for Infinity/ },
  { input: { thinkMs: -1 }, right: /pauses for -1/ },
  { input: { thinkMs: '1s' }, right: /pauses for 1s/ },
])('L4 calls a session that yields $input broken and says why', ({ input, right }) => {
  const session = startSession(scenario(input)) as Session;
  expect(nextMove(session, undefined)).toEqual({ kind: 'broken', why: expect.stringMatching(right) });
});

test.each<{ input: string; start: () => unknown; right: RegExp }>([
  { input: 'no generator', start: () => 5, right: /not a generator function/ },
  { input: 'nothing', start: () => undefined, right: /not a generator function/ },
  {
    input: 'a throw before the first step',
    start: () => {
      throw new TypeError('no such\nfield');
    },
    right: /^TypeError: no such field$/,
  },
  {
    input: 'a throw of null',
    start: () => ({
      next: () => {
        throw null;
      },
    }),
    right: /it throws null/,
  },
  {
    input: 'an async generator',
    start: async function* () {
      yield await Promise.resolve(1);
    },
    right: /async generator/,
  },
])('L4 calls a scenario with $input broken and says why', ({ start, right }) => {
  const session = startSession(start as () => Session);
  const why = typeof session === 'string' ? session : nextMove(session, undefined);
  expect(typeof why === 'string' ? why : why.kind === 'broken' && why.why).toMatch(right);
});

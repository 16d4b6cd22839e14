import { expect, test } from 'vitest';
import { nextMove, startSession } from '../../../loadgen/engine/session.ts';
import { recorder } from '../../../loadgen/measure/recorder.ts';
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
  { input: { thinkMs: 5n }, right: /pauses for 5/ },
  { input: Promise.resolve({ method: 'GET', target: '/', name: '/' }), right: /yields a promise/ },
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

test('L4 a request that changes after the check is sent as it was checked', () => {
  let reads = 0;
  const request = {
    target: '/',
    name: '/',
    headers: {},
    get method() {
      return reads++ === 0 ? 'GET' : 'GET / HTTP/1.1\r\nx:';
    },
  };
  const move = nextMove(startSession(scenario(request)) as Session, undefined);
  expect(move).toMatchObject({ kind: 'request', request: { method: 'GET' } });
  expect(move.kind === 'request' && move.request.method).toBe('GET');
});

test('L4 a session that breaks in several ways is one broken session', () => {
  const record = recorder({ startMs: 0, tickMs: 1000, sloMs: 1000 });
  record.brokenSession('before any session');
  record.session();
  record.brokenSession('it throws');
  record.brokenSession('and leaves a failed promise behind');
  expect(record.totals().sessions).toMatchObject({ started: 1, broken: 1 });
  expect(record.totals().sessions.why).toHaveLength(3);
});

test.each([
  { how: 'a getter', request: Object.defineProperty({}, 'method', { enumerable: true, get: () => fail('a getter') }) },
  { how: 'a trap', request: new Proxy({}, { has: () => fail('a trap'), get: () => fail('a trap') }) },
])('L4 a session whose request throws from $how is broken', ({ how, request }: { how: string; request: unknown }) => {
  const move = nextMove(startSession(scenario(request)) as Session, undefined);
  expect(move).toEqual({ kind: 'broken', why: `Error: ${how}` });
});

function fail(why: string): never {
  throw new Error(why);
}

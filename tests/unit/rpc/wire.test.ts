import { expect, test } from 'vitest';
import type { Call } from '../../../shared/rpc/call.ts';
import { decodeHeaders, encodeHeaders } from '../../../shared/rpc/wire.ts';
import { asRpcError, fromProblem, RpcError, toProblem } from '../../../shared/rpc/errors.ts';
import { childSpan, formatTraceparent, newTrace, parseTraceparent } from '../../../shared/rpc/trace-context.ts';
import { seededRandom } from '../../../shared/time/random.ts';

const random = seededRandom(1);
const call = {
  requestId: 'r-1',
  trace: newTrace(random),
  attempt: 2,
  priority: 'read',
  operation: { priority: 'write' },
  deadlineAt: 1_500,
  shard: 3,
} as unknown as Call;

test('what the caller encodes is what the callee decodes', () => {
  expect(decodeHeaders(encodeHeaders(call, 'app-1', 1_000))).toMatchObject({
    requestId: 'r-1',
    remainingMs: 500,
    attempt: 2,
    priority: 'read',
    shard: 3,
    caller: 'app-1',
    idempotencyKey: undefined,
  });
});

test('what the callee knows anyway stays at home', () => {
  const usual = { ...call, attempt: 1, priority: 'write' } as unknown as Call;
  const headers = encodeHeaders(usual, 'app-1', 1_000);
  expect(Object.keys(headers)).not.toContain('x-attempt');
  expect(Object.keys(headers)).not.toContain('x-priority');
  expect(decodeHeaders(headers)).toMatchObject({ attempt: 1, priority: undefined });
});

test('a deadline that has passed goes out as zero, and none as none', () => {
  expect(encodeHeaders(call, 'a', 9_000)['x-deadline-ms']).toBe('0');
  expect(decodeHeaders(encodeHeaders({ ...call, deadlineAt: Infinity }, 'a', 0)).remainingMs).toBe(Infinity);
});

test.each(['-1', '1e9', 'NaN', '99999999999', ' 5', '', '3600001'])('the deadline %j is refused', (text) => {
  expect(() => decodeHeaders({ 'x-deadline-ms': text })).toThrow(/x-deadline-ms/);
});

test.each([
  ['x-attempt', '0'],
  ['x-priority', 'urgent'],
  ['x-shard', 'one'],
  ['idempotency-key', 'two words'],
])('%s: %j is refused by name', (name, value) => {
  expect(() => decodeHeaders({ [name]: value })).toThrow(new RegExp(name));
});

test('request ids with anything but harmless characters are not taken over', () => {
  expect(decodeHeaders({ 'x-request-id': 'a\r\nb' }).requestId).toBeUndefined();
  expect(decodeHeaders({ 'x-request-id': 'x'.repeat(65) }).requestId).toBeUndefined();
});

test('trace contexts survive the wire, and malformed ones are dropped', () => {
  const trace = newTrace(random);
  expect(parseTraceparent(formatTraceparent(trace))).toEqual(trace);
  expect(childSpan(trace, random)).toMatchObject({ traceId: trace.traceId });
  for (const text of [
    '',
    'x',
    `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01`,
    `00-${'1'.repeat(32)}-${'0'.repeat(16)}-01`,
    `00-${'A'.repeat(32)}-${'1'.repeat(16)}-01`,
  ])
    expect(parseTraceparent(text)).toBeUndefined();
});

test('errors survive the wire with code, words, definiteness and pushback', () => {
  const error = new RpcError('overloaded', 'too much', { retryAfterMs: 250, node: 'ranking-1' });
  expect(fromProblem(JSON.parse(JSON.stringify(toProblem(error))), 503)).toMatchObject({
    code: 'overloaded',
    message: 'too much',
    definite: true,
    retryAfterMs: 250,
    node: 'ranking-1',
  });
});

test('what is not a problem document is a bad reply, and what is not ours says nothing of its inside', () => {
  expect(fromProblem({ code: 'toString' }, 500)).toMatchObject({ code: 'bad_reply', definite: false });
  expect(fromProblem(null, 500)).toMatchObject({ code: 'bad_reply' });
  const inner = asRpcError(new Error('password in /etc'));
  expect(JSON.stringify(toProblem(inner))).not.toContain('password');
});

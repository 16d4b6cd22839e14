import { expect, test } from 'vitest';
import {
  blame,
  errorCodes,
  evidence,
  fromProblem,
  RpcError,
  toProblem,
  type ErrorCode,
  type RpcErrorOptions,
} from '../../../shared/rpc/errors.ts';

const made = (code: ErrorCode, options: RpcErrorOptions = {}) => new RpcError(code, 'why', options);
/** As the caller reads it when node `a` answers with it. */
const relayed = (code: ErrorCode, options: RpcErrorOptions = {}) =>
  fromProblem(JSON.parse(JSON.stringify(toProblem(made(code, { node: 'a', ...options })))), 500, 'a');

test.each([
  ['a fails', relayed('internal'), false, 'callee', 'failure'],
  ['a refuses', relayed('overloaded'), false, 'callee', 'refusal'],
  ['a stands by', relayed('unavailable'), false, 'callee', 'refusal'],
  ['a says that the request is wrong', relayed('bad_request'), false, 'caller', 'answer'],
  ['a says that it holds another shard', relayed('misdirected'), false, 'caller', 'answer'],
  ['a says that the deadline has passed', relayed('deadline_exceeded'), false, 'caller', 'nothing'],
  ['a says that its caller has gone', relayed('cancelled'), false, 'caller', 'nothing'],
  ['no replica is left for a', relayed('unavailable', { below: 'database/1' }), false, 'deeper', 'answer'],
  ['those below a are too busy', relayed('overloaded', { below: 'database/1' }), false, 'deeper', 'answer'],
  ['those below a were too late', relayed('deadline_exceeded', { below: 'database' }), false, 'deeper', 'answer'],
  ['a tells of the failure of b', relayed('internal', { node: 'b' }), false, 'deeper', 'answer'],
  ['a reaches nobody', relayed('unreachable'), false, 'deeper', 'answer'],
  ['the page that a has is damaged', relayed('bad_page'), false, 'deeper', 'answer'],
  ['the page is damaged on all replicas', made('bad_page'), false, 'deeper', 'answer'],
  ['there is no connection to a', made('unreachable', { node: 'a' }), false, 'route', 'failure'],
  ['the connection to a breaks', made('connection_lost', { node: 'a' }), false, 'route', 'failure'],
  ['a takes far longer than usual', made('deadline_exceeded', { node: 'a' }), false, 'callee', 'failure'],
  ['a sends rubbish', made('bad_reply', { node: 'a' }), false, 'callee', 'failure'],
  ['too many calls of this node are under way', made('overloaded'), false, 'here', 'nothing'],
  ['this node knows no replica', made('unavailable'), false, 'here', 'nothing'],
  ['the caller has gone when a fails', relayed('internal'), true, 'caller', 'nothing'],
  ['the deadline of the caller ends it', made('deadline_exceeded'), true, 'caller', 'nothing'],
] as const)('when %s', (_, error, abandoned, blamed, proves) => {
  expect([blame(error, { node: 'a', abandoned }), evidence(error, { node: 'a', abandoned })]).toEqual([blamed, proves]);
});

test('no retry cures a mistake of the caller, and it certainly did not happen unless the caller left', () => {
  for (const [code, entry] of Object.entries(errorCodes)) {
    if (entry.blame !== 'caller') continue;
    expect([code, entry.cure, entry.definite]).toEqual([code, 'nothing', code !== 'cancelled']);
  }
});

test('a problem document says which node failed, and which group was called when it did', () => {
  const error = made('unavailable', { node: 'app-1', below: 'database/2', retryAfterMs: 20 });
  expect(toProblem(error, 'r')).toMatchObject({ node: 'app-1', below: 'database/2', retryAfterMs: 20, requestId: 'r' });
  expect(relayed('unavailable', { below: 'database/2' })).toMatchObject({
    node: 'a',
    below: 'database/2',
    relayed: true,
  });
});

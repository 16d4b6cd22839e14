import { expect, test } from 'vitest';
import { createPlan, planAttempt } from '../../../shared/rpc/attempt-plan.ts';
import type { Call } from '../../../shared/rpc/call.ts';
import { RpcError, fromProblem, toProblem, type ErrorCode } from '../../../shared/rpc/errors.ts';
import type { EvidenceKind } from '../../../shared/membership/call-evidence.ts';
import { createEvidenceCollector } from '../../../shared/membership/evidence-collector.ts';
import { createPeers } from '../../../shared/rpc/layers/replicas/peers.ts';
import { evidenceOfFailure } from '../../../shared/rpc/layers/replicas/attempts.ts';

function collector() {
  const noted: string[] = [];
  const { watchAttempt, observe } = createEvidenceCollector({
    note: (node: string, group: string, kind: EvidenceKind, latencyMs?: number) =>
      void noted.push([node, group, kind, latencyMs].filter((part) => part !== undefined).join(' ')),
  });
  return { noted, watchAttempt, observe };
}

const call = (more: Partial<Call> = {}): Call =>
  ({
    component: 'ranking',
    operation: { name: 'rank', idempotent: true },
    request: {},
    endpoint: { node: 'r-1', host: '', port: 0 },
    signal: new AbortController().signal,
    priority: 'read',
    ...more,
  }) as Call;

const here = (code: ErrorCode, node = 'r-1') => new RpcError(code, 'why', { node });
const reported = (code: ErrorCode, from: { node?: string; below?: string } = {}) =>
  fromProblem(toProblem(new RpcError(code, 'why', from)), 500, 'r-1');
const given = AbortSignal.abort(new RpcError('cancelled', 'a hedge won'));
const soon = AbortSignal.abort(new RpcError('deadline_exceeded', 'no answer within 3 ms'));

test.each<[string, RpcError | undefined, Partial<Call>, string[]]>([
  ['an answer', undefined, {}, ['r-1 ranking ok 12']],
  ['an answer of a shard', undefined, { shard: 2 }, ['r-1 ranking/2 ok 12']],
  ['no connection', here('unreachable'), {}, ['r-1 ranking refused']],
  ['a broken connection', here('connection_lost'), {}, ['r-1 ranking resets']],
  ['a timeout here', here('deadline_exceeded'), {}, ['r-1 ranking timeouts']],
  ['a reply that is no reply', here('bad_reply'), {}, ['r-1 ranking invalid']],
  ['"I am too busy"', reported('overloaded'), {}, ['r-1 ranking shed']],
  ['"I am too busy" to background work', reported('overloaded'), { priority: 'background' }, []],
  ['"those behind me did not answer"', reported('deadline_exceeded', { below: 'database/1' }), {}, ['r-1 ranking ok']],
  ['"those behind me do not agree"', reported('bad_reply', { below: 'ranking' }), {}, ['r-1 ranking ok']],
  ['"those behind me are too busy"', reported('overloaded', { below: 'database/1' }), {}, ['r-1 ranking ok']],
  ['a failure of another one', reported('unreachable', { node: 'd-1' }), {}, ['r-1 ranking ok']],
  ['"your deadline has passed"', reported('deadline_exceeded'), {}, []],
  ['too many calls of this node itself', new RpcError('overloaded', 'not sent'), {}, []],
  ['"your request is wrong"', reported('bad_request'), {}, ['r-1 ranking ok']],
  ['an attempt that nobody waits for any more', here('cancelled'), { signal: given }, ['r-1 ranking unanswered 12']],
  ['an attempt that its caller gave up soon', here('deadline_exceeded'), { signal: soon }, []],
])('%s', (_, error, more, expected) => {
  const { noted, watchAttempt } = collector();
  const made = call(more);
  const usualMs = more.signal === soon ? 20 : 10;
  const says = error ? evidenceOfFailure(made, error, 12, usualMs) : 'reply';
  const group = createPeers({ now: () => 0, wall: () => 0 }).group(made);
  group.get('r-2');
  const times = { sentAt: 0, endedAt: 12, elapsedMs: 12 };
  const abandoned = made.signal.aborted;
  const code = error?.code ?? 'ok';
  watchAttempt({ call: made, group, peer: group.get('r-1'), ...times, code, error, evidence: says, abandoned });
  expect(noted).toEqual(expected);
});

test('votes, signatures and contradictions are about the node that they name', () => {
  const { noted, observe } = collector();
  observe({ event: 'vote-lost', component: 'ranking', node: 'r-2', operation: 'rank', majority: ['r-1', 'r-3'] });
  observe({ event: 'bad-signature', component: 'database', node: 'd-1', why: 'forged' });
  observe({ event: 'contradiction', component: 'ranking', node: 'r-3' });
  observe({ event: 'ejected', component: 'ranking', node: 'r-1', why: 'latency', forMs: 1 });
  observe({ event: 'ejected', component: 'ranking', node: 'r-1', why: 'lying', forMs: 1 });
  expect(noted).toEqual(['r-2 ranking lostVotes', 'd-1 database invalid', 'r-3 ranking proofs', 'r-1 ranking ejected']);
});

const requests: Readonly<Record<string, unknown>> = { a: { q: 'a' }, b: { q: 'b' }, same: { q: 'a' }, text: 'a' };

/**
 * The replies of some replicas to some of these requests, in order: `r-1 a +` is an answer, `r-1 a -` is a bad reply.
 * `tries`: a call with a bad reply is tried again, so the attempts with one request have one plan.
 */
function noted(replies: string, tries: 'again' | 'once') {
  const { noted: lines, watchAttempt } = collector();
  const group = createPeers({ now: () => 0, wall: () => 0 }).group({ component: 'ranking' });
  const attempts = replies
    .split(', ')
    .map((reply) => reply.split(' ') as [node: string, request: string, sign: string]);
  for (const [node] of attempts) group.get(node);
  const plans = new Map(attempts.map(([, request]) => [request, createPlan()]));
  for (const [node, request, sign] of attempts) {
    const planned = tries === 'again' ? planAttempt(plans.get(request)!) : undefined;
    const made = call({ request: requests[request], endpoint: { node, host: '', port: 0 }, planned });
    const error = sign === '-' ? here('bad_reply', node) : undefined;
    const says = error ? evidenceOfFailure(made, error, 12, 10) : 'reply';
    const times = { sentAt: 0, endedAt: 12, elapsedMs: 12, abandoned: false };
    const code = error?.code ?? 'ok';
    watchAttempt({ call: made, group, peer: group.get(node), ...times, code, error, evidence: says });
  }
  return lines.filter((line) => line.includes('invalid'));
}

const bad = (node: string) => `${node} ranking invalid`;

test.each<[string, string, 'again' | 'once', string[]]>([
  ['all replicas', 'r-1 a -, r-2 a -, r-3 a -', 'again', []],
  ['all replicas, again and again', 'r-1 a -, r-2 a -, r-2 b -, r-1 b -', 'again', []],
  ['one replica, and another one answers', 'r-1 a -, r-2 a +', 'again', [bad('r-1')]],
  [
    'one replica to a request that is no object, and another one answers',
    'r-1 text -, r-2 text +',
    'again',
    [bad('r-1')],
  ],
  ['two of three replicas', 'r-1 a -, r-2 a -, r-3 a +', 'again', [bad('r-1'), bad('r-2')]],
  ['one replica; another one answers something else', 'r-1 a -, r-2 b +', 'again', []],
  ['one replica, which answers at the second try', 'r-1 a -, r-2 b +, r-1 a +', 'again', [bad('r-1')]],
  ['one replica, to a call that is tried once', 'r-1 a -, r-2 b +', 'once', [bad('r-1')]],
  ['the only replica, to one request', 'r-1 a -, r-1 a -, r-1 same -', 'again', []],
  ['the only replica, beside right answers', 'r-1 a -, r-1 b +, r-1 a -', 'again', []],
  ['the only replica, to all requests', 'r-1 a -, r-1 b -, r-1 a -', 'again', [bad('r-1'), bad('r-1')]],
])('R1 bad replies of %s', (_, replies, tries, expected) => {
  expect(noted(replies, tries)).toEqual(expected);
});

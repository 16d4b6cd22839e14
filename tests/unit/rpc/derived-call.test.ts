import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { createPlan, planAttempt } from '../../../shared/rpc/attempt-plan.ts';
import type { Call } from '../../../shared/rpc/call.ts';
import { attemptOf, batchCall, detached, limited, sentTo, withReceipt } from '../../../shared/rpc/derived-call.ts';
import { nodes, testCall } from './layers/helpers.ts';

const call = Object.freeze(testCall({ deadlineAt: 500, attempt: 2 }));
const { signal } = new AbortController();
const planned = planAttempt(createPlan());
const [endpoint] = nodes('ranking-1');
const { operation } = testCall({ kind: 'write' });

test.each<[string, Call, Partial<Call>]>([
  ['an earlier end', limited(call, 300, signal), { deadlineAt: 300, signal }],
  ['an attempt', attemptOf(call, planned, 3, signal), { planned, attempt: 3, signal }],
  ['an attempt with the number and signal of the call', attemptOf(call, planned), { planned }],
  ['an endpoint', sentTo(call, endpoint!), { endpoint: endpoint! }],
  ['a receipt', withReceipt(call, 'n'), { nonce: 'n' }],
  ['a batch', batchCall([call, call], operation, [1], signal), { operation, request: [1], carries: [call], signal }],
])('a call that is derived for %s differs in nothing else', (_name, derived, differences) => {
  const names = Object.keys(derived) as (keyof Call)[];
  expect(names.filter((name) => derived[name] !== call[name]).sort()).toEqual(Object.keys(differences).sort());
  expect(derived).toMatchObject(differences);
});

test('a detached call runs on after its caller has left', () => {
  const controller = new AbortController();
  const free = detached(testCall({ deadlineAt: 500, signal: controller.signal }), 100);
  controller.abort();
  expect(free.signal.aborted).toBe(false);
  expect(free.deadlineAt).toBe(600);
});

test('a batch has the latest deadline of its calls', () => {
  const later = testCall({ deadlineAt: 900 });
  expect(batchCall([call, later], operation, [], signal).deadlineAt).toBe(900);
});

/** A copy of `call`, at any place in an object; not of one of its members. */
const copyOfCall = /\.\.\.(?:\w+\.)*call\b(?!\.)/;
/** A parameter that the search for `call` would miss. */
const otherName = /\b(?!call\b)\w+\??: Call\b(?! =)/;

test.each([
  ['{ ...call, attempt: 2 }', true],
  ['{\n  attempt: 2,\n  ...member.call,\n}', true],
  ['{ ...call.endpoint, port }', false],
  ['...calls.map(({ deadlineAt }) => deadlineAt)', false],
  ['...(call.nonce !== undefined && { receipt })', false],
])('%j copies a call: %s', (text, copies) => {
  expect(copyOfCall.test(text)).toBe(copies);
});

test('no other file makes a call from a call', () => {
  const root = resolve(import.meta.dirname, '../../..');
  const files = globSync(['shared/**/*.ts', 'services/**/*.ts', 'cli/**/*.ts'], { cwd: root });
  const matching = (wanted: RegExp) => files.filter((file) => wanted.test(readFileSync(resolve(root, file), 'utf8')));
  expect(matching(copyOfCall)).toEqual(['shared/rpc/derived-call.ts']);
  expect(matching(otherName)).toEqual([]);
});

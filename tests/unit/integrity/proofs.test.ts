import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Call } from '../../../shared/rpc/call.ts';
import type { LayerEvent } from '../../../shared/rpc/layers/events.ts';
import { createEvidenceFile } from '../../../shared/integrity/proofs.ts';
import { signReceipt } from '../../../shared/security/receipts.ts';
import { shelf } from '../faults/rig.ts';
import { setUp, testCall } from '../rpc/layers/helpers.ts';

const names = ['a', 'b', 'c'];
const pairs = new Map(names.map((name) => [name, generateKeyPairSync('ed25519')]));
const keys = new Map([...pairs].map(([name, { publicKey }]) => [name, publicKey]));

function filed() {
  const { sim, events, observe } = setUp();
  const file = createEvidenceFile({ node: 'app-1', keys, clock: sim.clock, nonce: () => 'n', observe });
  const call = (nonce: string, q = 'cats'): Call =>
    testCall({ component: 'shelf', operation: shelf.operations.list, request: { q }, nonce });
  const take = (node: string, asked: Call, reply: unknown, signer = node) => {
    const { request, nonce = '' } = asked;
    const subject = { operation: 'shelf.list', request, reply, nonce };
    return file.desk.take(asked, node, reply, signReceipt(pairs.get(signer)!.privateKey, node, 1, subject));
  };
  return { file, events, call, take };
}

test('a genuine receipt is kept; a missing one, a foreign one, or one for another answer is a complaint', () => {
  const { file, call, take } = filed();
  expect(take('a', call('n1'), { total: 1 })).toBeUndefined();
  expect(file.desk.take(call('n2'), 'a', {}, undefined)).toBe('no receipt came');
  expect(take('a', call('n3'), {}, 'b')).toMatch(/signature is not that of the node/);
  const { receipts } = file.state();
  expect(file.desk.take(call('n1'), 'a', { total: 2 }, receipts[0])).toMatch(/another answer/);
  expect(file.desk.take(call('n4'), 'a', { total: 1 }, receipts[0])).toMatch(/old receipt/);
  expect(file.state().receipts).toHaveLength(1);
});

test('a node of which no key is known cannot be checked, and is not accused', () => {
  const { file, call } = filed();
  expect(file.desk.take(call('n1'), 'stranger', {}, undefined)).toBeUndefined();
});

test('two answers of one node to one question convict it, whoever asked', () => {
  const { file, events, call, take } = filed();
  take('b', call('n1'), { total: 1 });
  take('b', call('n2'), { total: 1 });
  take('b', call('n3', 'dogs'), { total: 9 });
  take('c', call('n4'), { total: 2 });
  expect(events).toEqual([]);
  take('b', call('n5'), { total: 2 });
  expect(events).toEqual([{ event: 'contradiction', component: 'shelf', node: 'b' }]);
  expect(file.state().contradictions).toMatchObject([
    { node: 'b', answers: [{ reply: { total: 1 } }, { reply: { total: 2 } }] },
  ]);
});

test('a repaired node does not contradict the process before it, whatever it signs; the same process does', () => {
  const { events, call, take } = filed();
  const asked = (nonce: string, incarnation: number): Call => ({
    ...call(nonce),
    endpoint: { node: 'b', host: 'h', port: 1, incarnation },
  });
  take('b', asked('n1', 4), { total: 666 });
  take('b', asked('n2', 7), { total: 1 });
  expect(events).toEqual([]);
  take('b', asked('n3', 7), { total: 2 });
  expect(events).toEqual([{ event: 'contradiction', component: 'shelf', node: 'b' }]);
});

test('a lost vote leaves the lie beside the truth, both signed', () => {
  const { file, call, take } = filed();
  const lost: LayerEvent = {
    event: 'vote-lost',
    component: 'shelf',
    operation: 'list',
    node: 'b',
    majority: ['a', 'c'],
    nonce: 'n1',
  };
  for (const [node, total] of [
    ['a', 1],
    ['b', 666],
    ['c', 1],
  ] as const)
    take(node, call('n1'), { total });
  take('b', call('n2', 'dogs'), { total: 3 });
  file.observe({ ...lost, nonce: undefined });
  expect(file.state().disputes).toEqual([]);
  file.observe(lost);
  expect(file.state().disputes).toMatchObject([
    { node: 'b', lie: { reply: { total: 666 } }, truth: [{ reply: { total: 1 } }, { reply: { total: 1 } }] },
  ]);
});

test('what is kept is bounded', () => {
  const { file, call, take } = filed();
  for (let i = 0; i < 200; i++) take('a', call(`n${i}`), { total: i });
  expect(file.state().receipts).toHaveLength(128);
  expect(file.state().contradictions).toHaveLength(16);
});

import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../shared/security/canonical-json.ts';
import {
  complaint,
  contradict,
  isGenuine,
  publicKeyFrom,
  publicKeyText,
  signReceipt,
} from '../../../shared/security/receipts.ts';

const key = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const subject = {
  operation: 'ranking.rank',
  request: { q: 'cats', n: 3 },
  reply: { ids: ['a', 'b'] },
  nonce: 'n-1',
  version: '4',
};
const receipt = signReceipt(key.privateKey, 'ranking-2', 1, subject);

test('canonical JSON has one spelling per value', () => {
  expect(canonicalJson({ b: [1, { d: undefined, c: null }], a: 'x"y' })).toBe('{"a":"x\\"y","b":[1,{"c":null}]}');
  expect(canonicalJson({ a: 1, b: 2 })).toBe(canonicalJson({ b: 2, a: 1 }));
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
  expect(canonicalJson(undefined)).toBe('null');
});

test('a receipt is genuine under the key of its node only, also after the way over the wire', () => {
  const travelled = JSON.parse(JSON.stringify(receipt)) as typeof receipt;
  expect(isGenuine(travelled, publicKeyFrom(publicKeyText(key.publicKey)))).toBe(true);
  expect(isGenuine(receipt, other.publicKey)).toBe(false);
});

test('the order of members in a request does not matter', () => {
  expect(complaint(receipt, key.publicKey, 'ranking-2', { ...subject, request: { n: 3, q: 'cats' } })).toBeUndefined();
});

test.each([
  [{ node: 'ranking-1' }, {}, /in the name of ranking-1/],
  [{ incarnation: 2 }, {}, /signature/],
  [{ signature: 'AAAA' }, {}, /signature/],
  [{}, { nonce: 'n-2' }, /old receipt/],
  [{}, { request: { q: 'dogs' } }, /another question/],
  [{}, { operation: 'ranking.search' }, /another question/],
  [{}, { reply: { ids: ['b', 'a'] } }, /another answer/],
  [{}, { version: '5' }, /another version/],
])('a receipt changed by %j, held against a call changed by %j, is refused', (changed, call, sentence) => {
  expect(complaint({ ...receipt, ...changed }, key.publicKey, 'ranking-2', { ...subject, ...call })).toMatch(sentence);
});

test.each([
  ['two answers to one question', { reply: { ids: ['b', 'a'] } }, true],
  ['the same answer twice', { nonce: 'n-2' }, false],
  ['answers to two questions', { request: { q: 'dogs' }, reply: { ids: ['z'] } }, false],
  ['answers at two versions of the data', { reply: { ids: ['z'] }, version: '5' }, false],
])('%s: convicted = %s', (_, second, convicted) => {
  expect(contradict(receipt, signReceipt(key.privateKey, 'ranking-2', 1, { ...subject, ...second }))).toBe(convicted);
});

test('two nodes that disagree do not contradict themselves', () => {
  expect(contradict(receipt, signReceipt(other.privateKey, 'ranking-3', 1, { ...subject, reply: { ids: [] } }))).toBe(
    false,
  );
});

import { expect, test } from 'vitest';
import type { Digest } from '../../../services/monitor/contract.ts';
import { createDigestSeal } from '../../../services/monitor/digest-seal.ts';
import { incarnationKey, pairKey } from '../../../shared/security/heartbeat-keys.ts';

const secret = new Uint8Array(32).fill(3);
const ids = ['monitor-1', 'monitor-2', 'monitor-3', 'app-1'];

/** One process of a monitor, with the keys that its watchdog gives it. */
function monitor(id: string, incarnation = 1) {
  const toMonitors = new Map(ids.map((to) => [to, incarnationKey(pairKey(secret, id, to), incarnation)]));
  const fromNodes = new Map(ids.map((from) => [from, pairKey(secret, from, id)]));
  return createDigestSeal({ monitor: id, incarnation, keys: { toMonitors, fromNodes } });
}

const digestOf = (id: string): Digest => ({
  monitor: id,
  doubtsItself: false,
  members: [],
  orders: [],
  promotions: [],
});

test('what one monitor seals for another opens there, once, and each later one, too', () => {
  const [one, two] = [monitor('monitor-1'), monitor('monitor-2')];
  const first = one.seal(digestOf('monitor-1'), 'monitor-2');
  const second = one.seal(digestOf('monitor-1'), 'monitor-2');
  expect(two.open(first)).toEqual(digestOf('monitor-1'));
  expect(two.open(second)).toEqual(digestOf('monitor-1'));
  for (const old of [first, second]) expect(() => two.open(old)).toThrow(/not newer than the last one/);
});

test('the next process of a monitor is believed, and the one before it no more', () => {
  const two = monitor('monitor-2');
  const before = monitor('monitor-1', 1);
  for (let i = 0; i < 5; i++) two.open(before.seal(digestOf('monitor-1'), 'monitor-2'));
  expect(two.open(monitor('monitor-1', 2).seal(digestOf('monitor-1'), 'monitor-2'))).toBeDefined();
  expect(() => two.open(before.seal(digestOf('monitor-1'), 'monitor-2'))).toThrow(/not newer than the last one/);
});

const sealed = monitor('monitor-1').seal(digestOf('monitor-1'), 'monitor-2');
test.each([
  ['in the name of another monitor', { ...sealed, digest: digestOf('monitor-3') }],
  ['with one word changed', { ...sealed, digest: { ...sealed.digest, doubtsItself: true } }],
  ['as of another incarnation', { ...sealed, incarnation: 2 }],
  ['with another number', { ...sealed, number: 9 }],
  ['for another monitor', monitor('monitor-1').seal(digestOf('monitor-1'), 'monitor-3')],
  ['by a node in the name of a monitor', monitor('app-1').seal(digestOf('monitor-1'), 'monitor-2')],
  ['without a seal', { ...sealed, mac: '' }],
  ['with a seal of zeros', { ...sealed, mac: Buffer.alloc(16).toString('base64url') }],
  ['of nobody', { ...sealed, digest: digestOf('x') }],
])('a digest %s is refused', (_what, forged) => {
  expect(() => monitor('monitor-2').open(forged)).toThrow(/not from/);
});

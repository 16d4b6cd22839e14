import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/**
 * The key of one pair, for the heartbeats of `node` to `monitor` and their answers (HKDF, RFC 5869). The watchdog makes
 * it and gives it to the monitor only, not to the node.
 */
export function pairKey(secret: Uint8Array, node: string, monitor: string): KeyObject {
  const bytes = hkdfSync('sha256', secret, Buffer.alloc(0), `tierlab heartbeat ${node} ${monitor}`, 32);
  return createSecretKey(Buffer.from(bytes));
}

/**
 * The pair's key for one incarnation of the node; the node gets this one. So no other process can send a heartbeat in
 * the node's name, and the node can send none in the name of another incarnation.
 */
export function incarnationKey(pair: KeyObject, incarnation: number): KeyObject {
  return createSecretKey(createHmac('sha256', pair).update(`tierlab incarnation ${incarnation}`).digest());
}

/** HMAC-SHA256 cut to 16 bytes, as in RFC 4868. */
export const macBytes = 16;

export function mac(key: KeyObject, bytes: Uint8Array): Buffer {
  return createHmac('sha256', key).update(bytes).digest().subarray(0, macBytes);
}

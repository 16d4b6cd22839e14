import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto';
import path from 'node:path';
import { secretFile } from './secret-file.ts';

/** The secret from which the key of every node is derived. No node ever gets it. */
export function identitySecret(dataDir: string): Uint8Array {
  return secretFile(path.join(dataDir, 'identity', 'nodes.key'));
}

/**
 * The operator token of a cluster whose machines share only this secret, as containers do. Every watchdog derives the
 * same token, so it accepts orders from monitors on other machines (HKDF, RFC 5869).
 */
export function operatorTokenFrom(secret: Uint8Array): string {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), 'tierlab operator', 24)).toString('base64url');
}

/** The PKCS #8 header before the 32 bytes of an Ed25519 private key (RFC 8410). */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The private key of one node: the same after each restart, without a file for each (HKDF, RFC 5869). */
export function nodeKey(secret: Uint8Array, node: string): KeyObject {
  const seed = Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `tierlab node ${node}`, 32));
  return createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' });
}

/** A private key as text for an environment, and back. */
export const privateKeyText = (key: KeyObject): string =>
  key.export({ format: 'der', type: 'pkcs8' }).toString('base64url');
export const privateKeyFrom = (text: string): KeyObject =>
  createPrivateKey({ key: Buffer.from(text, 'base64url'), format: 'der', type: 'pkcs8' });

export const publicHalf = (key: KeyObject): KeyObject => createPublicKey(key);

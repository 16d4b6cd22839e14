import { createHash } from 'node:crypto';
import path from 'node:path';
import { secretFile } from './secret-file.ts';

export function processingKeyFile(dataDir: string): string {
  return path.join(dataDir, 'keys', 'processing.key');
}

/**
 * The secret that the processing tier signs pages with: made on first use. Database nodes must never be given it:
 * whoever holds it can forge pages.
 */
export function processingKey(dataDir: string): Uint8Array {
  return secretFile(processingKeyFile(dataDir));
}

/** Names a key without giving it away: what was signed with another one is found by it. */
export function keyId(key: Uint8Array): string {
  return createHash('sha256').update('tierlab key id').update(key).digest('hex').slice(0, 16);
}

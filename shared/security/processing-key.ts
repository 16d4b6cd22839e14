import { createHash } from 'node:crypto';
import path from 'node:path';
import { secretFile } from './secret-file.ts';

export function processingKeyFile(dataDir: string): string {
  return path.join(dataDir, 'keys', 'processing.key');
}

/**
 * The secret with which the processing tier signs pages; made on first use. Whoever holds it can forge pages, so
 * database nodes must never get it.
 */
export function processingKey(dataDir: string): Uint8Array {
  return secretFile(processingKeyFile(dataDir));
}

/** Identifies a key without revealing it. It shows whether a data set was signed with another key. */
export function keyId(key: Uint8Array): string {
  return createHash('sha256').update('tierlab key id').update(key).digest('hex').slice(0, 16);
}

import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256, hex: who holds it can tell the secret from others, and does not have it. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Whether this is the secret with that digest; takes as long for every wrong one. */
export function isSecret(given: string, digest: string): boolean {
  const [own, wanted] = [Buffer.from(digestOf(given)), Buffer.from(digest)];
  return own.length === wanted.length && timingSafeEqual(own, wanted);
}

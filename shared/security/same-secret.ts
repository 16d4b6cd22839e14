import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256, hex. It can check a secret, but does not reveal it. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Whether `given` is the secret with that digest; takes constant time. */
export function isSecret(given: string, digest: string): boolean {
  const [own, wanted] = [Buffer.from(digestOf(given)), Buffer.from(digest)];
  return own.length === wanted.length && timingSafeEqual(own, wanted);
}

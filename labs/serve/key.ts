import { randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { RpcError } from '../../shared/rpc/errors.ts';
import { digestOf, isSecret } from '../../shared/security/same-secret.ts';

/** Whoever has it may run labs. It is new at each start, and stands only in the printed address. */
export const newKey = (): string => randomBytes(18).toString('base64url');

/** Browsers send the cookies of one localhost port to all others. The port in the name keeps two servers apart. */
const cookieName = ({ headers }: FastifyRequest): string =>
  `tierlab-labs-${/:(\d+)$/.exec(headers.host ?? '')?.[1] ?? '80'}`;

/** The cookie for a person who gave the right key. With SameSite, pages of other sites cannot send it. */
export const cookieFor = (request: FastifyRequest, key: string): string =>
  `${cookieName(request)}=${key}; Path=/; HttpOnly; SameSite=Strict`;

export const isKey = (given: string, key: string): boolean => isSecret(given, digestOf(key));

/** Throws `unauthenticated` unless the request has the cookie with the key. */
export function requireKey(request: FastifyRequest, key: string): void {
  const given = new RegExp(`(?:^|; )${cookieName(request)}=([\\w-]+)`).exec(request.headers.cookie ?? '')?.[1];
  if (given === undefined || !isKey(given, key))
    throw new RpcError('unauthenticated', 'open the page with the address that "npm run lab -- serve" printed');
}

/** The key that a person typed: alone, or within the address that was printed. */
export function keyIn(body: unknown): string {
  const { key } = (body ?? {}) as { readonly key?: unknown };
  if (typeof key !== 'string' || key.length > 500) throw new RpcError('bad_request', 'key: a text is wanted');
  return /[?&]key=([\w-]+)/.exec(key)?.[1] ?? key.trim();
}

import { randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { RpcError } from '../../shared/rpc/errors.ts';
import { digestOf, isSecret } from '../../shared/security/same-secret.ts';
import { keyCookie } from '../../web/key-cookie.ts';

/** Whoever has it may run labs. It is new at each start, and stands only in the printed address. */
export const newKey = (): string => randomBytes(18).toString('base64url');

export const labsCookie = keyCookie('labs');

export const isLabsKey = (given: string, key: string): boolean => isSecret(given, digestOf(key));

/** Throws `unauthenticated` unless the request has the cookie with the key. */
export function requireKey(request: FastifyRequest, key: string): void {
  const given = labsCookie.in(request);
  if (given === undefined || !isLabsKey(given, key))
    throw new RpcError('unauthenticated', 'open the page with the address that "npm run lab -- serve" printed');
}

import { createHmac } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { requireOwnOrigin } from '../../shared/control/guard.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import { digestOf, isSecret } from '../../shared/security/same-secret.ts';

/**
 * Browsers send the cookies of one localhost port to all other ports. So the cookie holds a key that only opens this
 * console. Its name holds the port, because two clusters may run side by side.
 */
const cookieName = (port: number): string => `tierlab-console-${port}`;

/**
 * The key that opens the console. It is derived from the operator token, so an address in the browser history does not
 * reveal the token.
 */
export function consoleKey(operatorToken: string): string {
  return createHmac('sha256', operatorToken).update('tierlab console').digest('base64url');
}

/** The cookie for a person who gave the right key. With SameSite, pages of other sites cannot send it. */
export function cookieFor(key: string, port: number): string {
  return `${cookieName(port)}=${key}; Path=/; HttpOnly; SameSite=Strict`;
}

export function isOperator({ headers, socket }: FastifyRequest, operatorToken: string | undefined): boolean {
  if (operatorToken === undefined) return false;
  const given = new RegExp(`(?:^|; )${cookieName(socket.localPort ?? 0)}=([\\w-]+)`).exec(headers.cookie ?? '')?.[1];
  return given !== undefined && isKey(given, operatorToken);
}

/** Compares in constant time. */
export function isKey(given: string, operatorToken: string): boolean {
  return isSecret(given, digestOf(consoleKey(operatorToken)));
}

/** Throws `unauthenticated` or `forbidden` if the request may not give an order. */
export function requireOperator(
  request: FastifyRequest,
  operatorToken: string | undefined,
  hosts?: readonly string[],
): void {
  requireOwnOrigin(request.headers, hosts);
  if (!isOperator(request, operatorToken))
    throw new RpcError('unauthenticated', 'open the console with the address that "npm start -- --chaos" printed');
}

/** The key that a person typed: alone, or within the address that was printed. Throws `forbidden` for foreign pages. */
export function keyIn({ headers, body }: FastifyRequest, hosts?: readonly string[]): string {
  requireOwnOrigin(headers, hosts);
  const { key } = (body ?? {}) as { key?: unknown };
  if (typeof key !== 'string' || key.length > 500) throw new RpcError('bad_request', 'key: must be a text');
  return /[?&]operator=([\w-]+)/.exec(key)?.[1] ?? key.trim();
}

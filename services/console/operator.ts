import { createHmac } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { requireOwnOrigin } from '../../shared/control/guard.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import { digestOf, isSecret } from '../../shared/security/same-secret.ts';
import { keyCookie } from '../../web/key-cookie.ts';

export const consoleCookie = keyCookie('console');

/**
 * The key that opens the console. It is derived from the operator token, so an address in the browser history, or a
 * cookie that the browser sends to another port, does not reveal the token.
 */
export function consoleKey(operatorToken: string): string {
  return createHmac('sha256', operatorToken).update('tierlab console').digest('base64url');
}

export function isOperator(request: FastifyRequest, operatorToken: string | undefined): boolean {
  if (operatorToken === undefined) return false;
  const given = consoleCookie.in(request);
  return given !== undefined && isConsoleKey(given, operatorToken);
}

/** Compares in constant time. */
export function isConsoleKey(given: string, operatorToken: string): boolean {
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

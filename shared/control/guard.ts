import type { IncomingHttpHeaders } from 'node:http';
import { RpcError } from '../rpc/errors.ts';
import { isSecret } from '../security/same-secret.ts';
import { foreignHost, isOwnHost } from './own-host.ts';

/**
 * Throws `forbidden` unless the Host header names this machine (own-host.ts) and a browser's Origin is the same
 * address. Every request is checked, even if it only reads. `hosts`: further names of this machine.
 */
export function requireOwnOrigin(
  { host, origin }: Pick<IncomingHttpHeaders, 'host' | 'origin'>,
  hosts: readonly string[] = [],
): void {
  if (!isOwnHost(host, hosts)) throw new RpcError('forbidden', foreignHost(host));
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`)
    throw new RpcError('forbidden', 'pages of another origin may not do this');
}

/**
 * Throws `unauthenticated` or `forbidden` unless the request carries `authorization: Bearer <token>`. Requests that
 * change something need it. `operatorDigest` is the digest of the token (same-secret.ts); undefined = no orders are
 * accepted.
 */
export function requireToken(
  { authorization }: Pick<IncomingHttpHeaders, 'authorization'>,
  operatorDigest: string | undefined,
): void {
  if (operatorDigest === undefined)
    throw new RpcError('forbidden', 'this process was started without an operator token: it takes no orders');
  const given = authorization?.replace(/^Bearer /, '') ?? '';
  if (given === '') throw new RpcError('unauthenticated', 'the operator token is missing');
  if (!isSecret(given, operatorDigest)) throw new RpcError('unauthenticated', 'this is not the operator token');
}

import type { FastifyRequest } from 'fastify';
import { RpcError } from '../shared/rpc/errors.ts';

/**
 * The cookie with the key of a page. The key is in the address that was printed, or is typed once; from then on the
 * browser sends the cookie.
 */
export function keyCookie(page: string) {
  /** Browsers send the cookies of one localhost port to all others. The port in the name keeps two servers apart. */
  const nameFor = ({ headers }: FastifyRequest): string =>
    `tierlab-${page}-${/:(\d+)$/.exec(headers.host ?? '')?.[1] ?? '80'}`;
  return {
    /** For a person who gave the right key. With SameSite, pages of other sites cannot send it. */
    of: (request: FastifyRequest, key: string): string =>
      `${nameFor(request)}=${key}; Path=/; HttpOnly; SameSite=Strict`,
    in: (request: FastifyRequest): string | undefined =>
      new RegExp(`(?:^|; )${nameFor(request)}=([\\w-]+)`).exec(request.headers.cookie ?? '')?.[1],
  };
}

/** The key that a person typed: alone, or within the printed address, where it is the value of `parameter`. */
export function typedKey({ body }: FastifyRequest, parameter: string): string {
  const { key } = (body ?? {}) as { readonly key?: unknown };
  if (typeof key !== 'string' || key.length > 500)
    throw new RpcError('bad_request', 'key: must be a text of at most 500 characters');
  return new RegExp(`[?&]${parameter}=([\\w-]+)`).exec(key)?.[1] ?? key.trim();
}

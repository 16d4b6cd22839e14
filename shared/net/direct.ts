import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import { isLocalhostName } from './this-machine.ts';

/**
 * Connections that never go through a proxy. Node.js sends its own `fetch` through `HTTP_PROXY` when NODE_USE_ENV_PROXY
 * is set, requests to loopback included; a proxy elsewhere cannot reach this machine's loopback.
 */
export const direct = new Agent({ connect: { lookup: localhostWithoutResolver } });

/** `fetch` without a proxy, for requests to this machine. */
export function fetchDirect(address: string, init: RequestInit = {}): Promise<Response> {
  // `dispatcher` is an option of Node.js that the web types of `fetch` lack.
  return fetch(address, { ...init, dispatcher: direct } as RequestInit);
}

/** Not every resolver knows `docs.localhost` and `localhost.`; browsers resolve them without a resolver. */
function localhostWithoutResolver(...[hostname, options, done]: Parameters<LookupFunction>): void {
  lookup(isLocalhostName(hostname) ? 'localhost' : hostname, options, done);
}

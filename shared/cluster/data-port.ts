import { createServer, type RequestListener, type Server as HttpServer, type ServerResponse } from 'node:http';
import { foreignHost, isOwnHost } from '../control/own-host.ts';
import { RpcError, toProblem } from '../rpc/errors.ts';
import { isRpc } from '../rpc/transports/http-server.ts';

/** Longer than every client's keep-alive (30 s), so that the server never closes a socket just before a request. */
const keepAliveMs = 65_000;

/** Room for a query of 10,000 characters outside ASCII, percent-encoded: 9 bytes for most, 12 for an emoji. */
const maxHeaderBytes = 128 * 1024;

export const dataPortOptions = { maxHeaderSize: maxHeaderBytes, keepAliveTimeout: keepAliveMs } as const;

/**
 * A port for two protocols. RPC uses node:http without a framework, because each hop would pay the cost of a framework.
 * Public HTTP uses a framework, and is there only if the node has public routes.
 *
 *   request --+-- a foreign Host: refused (DNS rebinding)
 *             +-- /rpc/... --> onRpc
 *             +-- the rest --> onPublic: the routes of the components (door.ts)
 */
export function createDataPort(
  onRpc: RequestListener | undefined,
  onPublic: RequestListener = nothingHere,
  hosts: readonly string[] = [],
): HttpServer {
  return createServer(dataPortOptions, (request, response) => {
    const { host } = request.headers;
    if (!isOwnHost(host, hosts)) refuse(response, new RpcError('forbidden', foreignHost(host)));
    else if (onRpc && isRpc(request)) onRpc(request, response);
    else onPublic(request, response);
  });
}

export function unknownRoute(method: string | undefined, url: string | undefined): RpcError {
  return new RpcError('not_found', `nothing answers ${method} ${url?.split('?', 1)[0]!.slice(0, 200)} here`);
}

export function nothingHere({ method, url }: { method?: string; url?: string }, response: ServerResponse): void {
  refuse(response, unknownRoute(method, url));
}

function refuse(response: ServerResponse, error: RpcError): void {
  response.writeHead(error.status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify(toProblem(error)));
}

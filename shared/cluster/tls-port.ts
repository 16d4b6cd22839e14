import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:https';
import type { IdentitySource } from '../security/identity-source.ts';
import { tlsServerOptions } from '../security/tls.ts';
import { dataPortOptions, nothingHere } from './data-port.ts';
import { isRpc } from '../rpc/transports/http-server.ts';

/**
 * A data port with mutual TLS: calls between nodes, and nothing else. Loaded only where the topology wants it. A
 * renewed certificate counts from the next connection on.
 */
export function createTlsPort(onRpc: RequestListener, identity: IdentitySource): Server {
  const server = createServer({ ...dataPortOptions, ...tlsServerOptions(identity.current()) }, (request, response) => {
    if (isRpc(request)) onRpc(request, response);
    else nothingHere(request, response);
  });
  identity.onRenewal((renewed) => server.setSecureContext(tlsServerOptions(renewed)));
  return server;
}

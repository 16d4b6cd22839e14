import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:https';
import type { IdentitySource } from '../security/identity-source.ts';
import { tlsServerOptions } from '../security/tls.ts';
import { dataPortOptions, nothingHere } from './data-port.ts';
import { isRpc } from '../rpc/transports/http-server.ts';

/**
 * A data port with mutual TLS: only for calls between nodes. Loaded only if the topology uses TLS. A renewed
 * certificate applies to new connections.
 */
export function createTlsPort(onRpc: RequestListener, identity: IdentitySource): Server {
  const server = createServer({ ...dataPortOptions, ...tlsServerOptions(identity.current()) }, (request, response) => {
    if (isRpc(request)) onRpc(request, response);
    else nothingHere(request, response);
  });
  identity.onRenewal((renewed) => server.setSecureContext(tlsServerOptions(renewed)));
  return server;
}

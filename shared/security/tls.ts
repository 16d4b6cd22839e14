import type { Socket } from 'node:net';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { Identity } from './certificates.ts';

/** One version and one cipher leave nothing to negotiate. Processors do AES-128-GCM fastest. */
const protocol = { minVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_GCM_SHA256' } as const;

/** How long a session may be resumed without a full handshake, s. */
const sessionTimeout = 3_600;

/** For a server that admits only certificates of its own authorities; all others fail in the handshake. */
export function tlsServerOptions({ ca, cert, key }: Identity) {
  return {
    ...protocol,
    ca,
    cert,
    key,
    requestCert: true,
    rejectUnauthorized: true,
    sessionTimeout,
    ALPNProtocols: ['http/1.1'],
  };
}

/**
 * For a client that calls `node`. Node.js compares the certificate with `servername`, so the address does not matter.
 */
export function tlsClientOptions({ ca, cert, key }: Identity, node: string) {
  return { ...protocol, ca, cert, key, servername: node, rejectUnauthorized: true };
}

const names = new WeakMap<Socket, string | undefined>();

/** The node at the other end of a connection, from its certificate; read once per connection. Undefined without TLS. */
export function peerName(socket: Socket): string | undefined {
  if (names.has(socket)) return names.get(socket);
  const name = commonName((socket as Partial<TLSSocket>).getPeerCertificate?.());
  names.set(socket, name);
  return name;
}

function commonName(certificate: PeerCertificate | undefined): string | undefined {
  const name: unknown = certificate?.subject?.CN;
  return typeof name === 'string' ? name : undefined;
}

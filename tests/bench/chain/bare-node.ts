import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import type { Identity } from '../../../shared/security/certificates.ts';
import { tlsClientOptions, tlsServerOptions } from '../../../shared/security/tls.ts';
import type { Recording } from './recording.ts';

/**
 * One process of the bare chain: plain node:http and one undici Pool per peer. It has no schemas, metrics, traces,
 * heartbeats, balancing or deadlines. It answers with replies recorded from a real search, so that shape and payload
 * are those of the real chain.
 *
 *   gateway -> app -> query.plan; database.find1 and find2 in parallel; ranking.rank; html.results
 *
 *   argv: recording file, the message this node answers, its peers as message=port,..., and the file of an identity
 *   where the inner hops are to be mutual TLS; sends its port over IPC.
 */
const [file, message, peerList = '', identityFile = ''] = process.argv.slice(2) as [string, string, string?, string?];
const identity = identityFile === '' ? undefined : (JSON.parse(readFileSync(identityFile, 'utf8')) as Identity);
const protocol = identity ? 'https' : 'http';
const connect = identity ? tlsClientOptions(identity, 'bare') : {};
const recording = JSON.parse(readFileSync(file, 'utf8')) as Recording;
const peers = new Map(
  peerList
    .split(',')
    .filter(Boolean)
    .map((peer) => peer.split('=') as [string, string])
    .map(([name, port]) => [
      name,
      new Pool(`${protocol}://127.0.0.1:${port}`, { connections: 64, pipelining: 1, connect, allowH2: false }),
    ]),
);

async function call(name: string): Promise<unknown> {
  const body = JSON.stringify(recording[name]!.request);
  const headers = { 'content-type': 'application/json' };
  const response = await peers.get(name)!.request({ method: 'POST', path: `/${name}`, headers, body });
  return response.body.json();
}

async function answer(): Promise<unknown> {
  if (message === 'gateway') return call('app.search');
  if (message === 'app.search') {
    await call('query.plan');
    await Promise.all([call('database.find1'), call('database.find2')]);
    await call('ranking.rank');
    await call('html.results');
  }
  return recording[message]!.reply;
}

const onRequest: RequestListener = (request, response) => {
  void read(request).then(async (body) => {
    if (body.length > 0) JSON.parse(body.toString());
    const value = await answer();
    const isPage = message === 'gateway';
    const payload = Buffer.from(isPage ? (value as { html: string }).html : JSON.stringify(value));
    const type = isPage ? 'text/html; charset=utf-8' : 'application/json';
    response.writeHead(200, { 'content-type': type, 'content-length': payload.length });
    response.end(payload);
  });
};
const isTls = identity !== undefined && message !== 'gateway';
const server = isTls ? createTlsServer(tlsServerOptions(identity), onRequest) : createServer(onRequest);
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));

function read(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks)));
  });
}

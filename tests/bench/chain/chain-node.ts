import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Pool } from 'undici';
import type { Identity } from '../../../shared/security/certificates.ts';
import { tlsClientOptions, tlsServerOptions } from '../../../shared/security/tls.ts';

/** The messages of one search, each answered by one process. `gateway` is the public page. */
export const messages = [
  'query.plan',
  'database.find1',
  'database.find2',
  'ranking.rank',
  'html.results',
  'app.search',
  'gateway',
] as const;
export type Message = (typeof messages)[number];

/** The argument of a node of a chain, as JSON. */
export interface NodeArguments {
  /** The message that this node answers. */
  readonly message: Message;
  /** The ports of the nodes that it may call, by the messages that they answer. */
  readonly ports: Readonly<Partial<Record<Message, number>>>;
  /** The recorded messages of the bare chain, or the data set of the same-work chain. */
  readonly from: string;
  /** The file of an identity, where the calls between nodes are mutual TLS. */
  readonly identityFile?: string;
}

/** Answers the body of a call. At the gateway: makes the page for the address of the request. */
export type Answer = (request: unknown) => unknown;

export const nodeArguments = (): NodeArguments => JSON.parse(process.argv[2]!) as NodeArguments;

const readIdentity = ({ identityFile }: NodeArguments): Identity | undefined =>
  identityFile === undefined ? undefined : (JSON.parse(readFileSync(identityFile, 'utf8')) as Identity);

/** Calls the other nodes: one undici Pool per node, JSON both ways. */
export function caller(node: NodeArguments): <Reply>(message: Message, request: unknown) => Promise<Reply> {
  const identity = readIdentity(node);
  const protocol = identity ? 'https' : 'http';
  const connect = identity ? tlsClientOptions(identity, 'chain') : {};
  const pools = new Map(
    Object.entries(node.ports).map(([message, port]) => [
      message,
      new Pool(`${protocol}://127.0.0.1:${port}`, { connections: 64, pipelining: 1, connect, allowH2: false }),
    ]),
  );
  return async function call<Reply>(message: Message, request: unknown) {
    const body = JSON.stringify(request);
    const headers = { 'content-type': 'application/json' };
    const response = await pools.get(message)!.request({ method: 'POST', path: `/${message}`, headers, body });
    return (await response.body.json()) as Reply;
  };
}

/** Listens with plain node:http, and sends the port over IPC. Ends with its parent. */
export function serve(node: NodeArguments, answer: Answer): void {
  const identity = readIdentity(node);
  const isPage = node.message === 'gateway';
  const type = isPage ? 'text/html; charset=utf-8' : 'application/json';
  const onRequest: RequestListener = (request, response) => {
    void text(request).then(async (body) => {
      const value = await answer(isPage ? request.url : JSON.parse(body));
      const payload = Buffer.from(isPage ? (value as string) : JSON.stringify(value));
      response.writeHead(200, { 'content-type': type, 'content-length': payload.length });
      response.end(payload);
    });
  };
  const isTls = identity !== undefined && !isPage;
  const server = isTls ? createTlsServer(tlsServerOptions(identity), onRequest) : createServer(onRequest);
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
  process.on('disconnect', () => process.exit(0));
}

import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import net from 'node:net';
import type { Socket } from 'node:net';
import { afterAll } from 'vitest';

/** A server whose behaviour is known, so that what the load generator reports about it can be checked. */
export interface KnownServer {
  url: string;
  port: number;
  requests(): number;
  close(): Promise<void>;
}

const running: KnownServer[] = [];
afterAll(() => Promise.all(running.map((server) => server.close())));

/** The server, which is closed after the tests of the file, unless a test closes it. */
function closedLater<T extends KnownServer>(server: T): T {
  running.push(server);
  return server;
}

type Handler = (request: IncomingMessage, response: ServerResponse, number: number) => void;

/** Answers as `handler` does, and closes connections that are idle for `idleMs`. */
export async function known(handler: Handler, idleMs = 60_000): Promise<KnownServer> {
  let count = 0;
  const server = createServer((request, response) => handler(request, response, count++));
  server.keepAliveTimeout = idleMs;
  server.keepAliveTimeoutBuffer = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 1024, resolve));
  const address = server.address() as net.AddressInfo;
  return closedLater({
    url: `http://127.0.0.1:${address.port}/`,
    port: address.port,
    requests: () => count,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

export function ok(response: ServerResponse, body = 'ok\n', type = 'text/plain'): void {
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}

/** Every answer takes `ms`. */
export const constant = (ms: number) => known((_request, response) => void setTimeout(() => ok(response), ms));

/** Answers at once; from `fromMs` after the first request on nothing is answered for `forMs`. */
export function stalling(fromMs: number, forMs: number): Promise<KnownServer> {
  let firstMs = 0;
  return known((_request, response) => {
    firstMs ||= performance.now();
    const sinceMs = performance.now() - firstMs - fromMs;
    if (sinceMs >= 0 && sinceMs < forMs) setTimeout(() => ok(response), forMs - sinceMs);
    else ok(response);
  });
}

/** Every `every`-th answer takes `ms`. */
export const sometimesSlow = (every: number, ms: number) =>
  known((_request, response, number) =>
    number % every === every - 1 ? void setTimeout(() => ok(response), ms) : ok(response),
  );

/** A body of `parts` pieces of 10 bytes, one each `everyMs`: the first byte is early, the last is late. */
export const dribbling = (parts: number, everyMs: number) =>
  known((_request, response) => {
    response.writeHead(200, { 'content-length': parts * 10 });
    let sent = 0;
    const timer = setInterval(() => {
      response.write('0123456789');
      if (++sent === parts) {
        clearInterval(timer);
        response.end();
      }
    }, everyMs);
  });

/** Every `every`-th request is answered with a TCP reset. */
export const resetting = (every: number) =>
  known((request, response, number) =>
    number % every === every - 1 ? void request.socket.resetAndDestroy() : ok(response),
  );

/** Every `every`-th answer has the status. */
export const failing = (every: number, status: number) =>
  known((_request, response, number) =>
    number % every === every - 1 ? void response.writeHead(status, { 'content-length': 0 }).end() : ok(response),
  );

/** A search API whose every `every`-th answer, once `arm` was called, is 200 but names other pages. */
export async function lying(every: number): Promise<KnownServer & { arm(): void }> {
  let armed = false;
  let number = 0;
  const server = await known((request, response) => {
    const query = new URL(request.url ?? '/', 'http://x').searchParams.get('q') ?? '';
    const lie = armed && ++number % every === 0;
    const results = [1, 2, 3].map((n) => ({
      id: `${lie ? 'other' : query}-${n}`,
      title: query,
      url: `/p/${n}`,
      snippet: '',
      score: 1 / n,
    }));
    ok(
      response,
      JSON.stringify({ query, total: 3, page: 1, size: 10, tookMs: Math.random() * 5, servedBy: ['app-1'], results }),
      'application/json',
    );
  });
  return { ...server, arm: () => void (armed = true) };
}

/** Speaks HTTP on raw sockets: `serve` is called for each request with its number on the connection. */
export async function raw(
  serve: (socket: Socket, onConnection: number) => void,
  accept: (socket: Socket) => void = (socket) => void socket.resume(),
): Promise<KnownServer> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = net.createServer({ pauseOnConnect: true }, (socket) => {
    sockets.add(socket);
    let onConnection = 0;
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.on('data', () => {
      count++;
      serve(socket, ++onConnection);
    });
    accept(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 1024, resolve));
  const { port } = server.address() as net.AddressInfo;
  return closedLater({
    url: `http://127.0.0.1:${port}/`,
    port,
    requests: () => count,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  });
}

export const rawAnswer = 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok\n';

/** Takes connections, and looks at each only `ms` later: like a listener with a backlog. */
export const slowAccept = (ms: number) =>
  raw(
    (socket) => void socket.write(rawAnswer),
    (socket) => void setTimeout(() => socket.resume(), ms),
  );

import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { RpcError, toProblem } from '../shared/rpc/errors.ts';
import type { Scheduler } from '../shared/time/scheduler.ts';
import { fromParser, isMalformed } from '../shared/rpc/http-errors.ts';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** The time for a client to send headers and body, ms, so that slow clients cannot hold sockets for ever. */
const arrivalTimeoutMs = 10_000;
/**
 * How long the rest of a refused request is still read, ms. Closing at once would reset the connection before the
 * client reads the answer.
 */
const lingerMs = 500;

/**
 * Problems that arise before Fastify's hooks run: bytes that are no HTTP, headers that are too large or too slow,
 * addresses that cannot be decoded. Fastify would answer them in a format of its own.
 *
 *     socket -> parser --clientError--> problem
 *                 |-> malformed path -> problem
 *                 '-> Fastify
 */
export function guardRawHttp(server: Server, scheduler: Scheduler): void {
  server.requestTimeout = arrivalTimeoutMs;
  server.headersTimeout = arrivalTimeoutMs;
  server.removeAllListeners('clientError');
  const answered = new WeakSet<Duplex>();
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // Data that arrives after the answer cannot be parsed either.
    if (answered.has(socket)) return;
    answered.add(socket);
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    answerParserError(error, socket);
    const timer = scheduler.after(lingerMs, () => socket.destroy());
    socket.once('close', () => timer.cancel());
  });

  const [handle, ...others] = server.listeners('request') as Listener[];
  if (!handle || others.length > 0) return;
  server.removeAllListeners('request');
  server.on('request', function guarded(request: IncomingMessage, response: ServerResponse) {
    if (!isMalformed(request.url ?? '')) return handle(request, response);
    const body = bodyOf(
      new RpcError('bad_request', 'the address holds a % that is not followed by two hexadecimal digits of UTF-8'),
    );
    response.writeHead(400, {
      'content-type': 'application/problem+json; charset=utf-8',
      'content-length': body.length,
      connection: 'close',
    });
    response.end(body);
  });
}

function answerParserError(error: NodeJS.ErrnoException, socket: Duplex): void {
  const problem = fromParser(error);
  const body = bodyOf(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${body.length}`,
    'connection: close',
  ];
  socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]));
}

function bodyOf(error: RpcError): Buffer {
  return Buffer.from(JSON.stringify(toProblem(error)));
}

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { Clock } from '../../time/clock.ts';
import type { Random } from '../../time/random.ts';
import type { Call } from '../call.ts';
import { asRpcError, ConnectionReset, RpcError, toProblem } from '../errors.ts';
import type { Server } from '../server.ts';
import { childSpan, newTrace, parseTraceparent } from '../trace-context.ts';
import { decodeHeaders, encodeReceipt, rpcPrefix, type CallHeaders } from '../wire.ts';
import { provenCaller } from './proven-caller.ts';

export interface HttpServerOptions {
  readonly node: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** The longest request body that is accepted, bytes. A longer one is not read. */
  readonly maxBodyBytes?: number;
  /**
   * Simulates a faulty network for the reply to `call`: the payload in pieces, each at the time when it may leave.
   * `reset` breaks the connection. Undefined = the whole payload at once.
   */
  readonly shape?: (call: Call, payload: Uint8Array, reset: () => void) => AsyncIterable<Uint8Array> | undefined;
  /** The proven name of the caller (mutual TLS), where there is one. A call in another name is refused. */
  readonly callerOf?: (request: IncomingMessage) => string | undefined;
}

export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

/** True for requests that belong to the RPC protocol: everything else on the data port is public HTTP. */
export function isRpc(request: IncomingMessage): boolean {
  return request.url?.startsWith(rpcPrefix) === true;
}

/**
 * The server side of the HTTP transport, on bare node:http, because a framework would cost time at every hop.
 *
 *   bytes -> method, no web page, path, headers, JSON, schema -> Call -> server.serve -> Reply -> bytes
 */
export function httpServerTransport(server: Server, options: HttpServerOptions): RequestListener {
  const { node, clock, random, log, maxBodyBytes = 16 * 1024 * 1024, shape, callerOf } = options;

  return function onRpcRequest(request, response) {
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) gone.abort(new RpcError('cancelled', 'the caller has gone'));
    });
    let headers: CallHeaders | undefined;
    answer().catch((thrown: unknown) => {
      if (thrown instanceof ConnectionReset) return void request.socket.resetAndDestroy();
      const error = asRpcError(thrown);
      if (error.code === 'internal')
        log.error(
          {
            err: thrown,
            requestId: headers?.requestId,
            traceId: parseTraceparent(headers?.traceparent)?.traceId,
            url: request.url,
          },
          'request failed',
        );
      fail(response, error, headers?.requestId);
    });

    async function answer(): Promise<void> {
      if (request.method !== 'POST') throw new RpcError('method_not_allowed', 'RPC calls are POST requests');
      refusePages(request.headers);
      const [component, name] = request.url!.slice(rpcPrefix.length).split('/', 2) as [string, string | undefined];
      const operation = server.operation(component, name ?? '');
      headers = decodeHeaders(request.headers);
      const caller = callerOf ? provenCaller(headers.caller, callerOf(request)) : headers.caller;
      const body = parseJson(await readBody(request, maxBodyBytes));
      operation.checkRequest(body);
      const parent = parseTraceparent(headers.traceparent);
      const call: Call = {
        component,
        operation,
        request: body,
        shard: headers.shard,
        requestId: headers.requestId ?? newTrace(random).traceId,
        trace: parent ? childSpan(parent, random) : newTrace(random),
        deadlineAt: clock.now() + headers.remainingMs,
        signal: gone.signal,
        attempt: headers.attempt,
        priority: headers.priority ?? operation.priority,
        idempotencyKey: headers.idempotencyKey,
        caller,
        nonce: headers.nonce,
      };
      const reply = await server.serve(call);
      if (response.destroyed) return;
      const payload = JSON.stringify(reply.body);
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(payload),
        'x-served-by': reply.servedBy.join(','),
        ...(reply.receipt && { 'x-receipt': encodeReceipt(reply.receipt) }),
        ...(reply.staleMs !== undefined && { 'x-stale-ms': String(Math.round(reply.staleMs)) }),
      });
      const pieces = shape?.(call, Buffer.from(payload), () => void response.socket?.resetAndDestroy());
      if (pieces) sendPieces(response, pieces);
      else response.end(payload);
    }
  };

  /** Sends each piece when it comes. When the reader leaves, no further piece is made. */
  function sendPieces(response: ServerResponse, pieces: AsyncIterable<Uint8Array>): void {
    const stream = Readable.from(pieces);
    response.once('close', () => stream.destroy());
    stream.on('error', () => response.socket?.resetAndDestroy()).pipe(response);
  }

  function fail(response: ServerResponse, error: RpcError, requestId: string | undefined): void {
    if (response.destroyed || response.headersSent) return;
    const payload = Buffer.from(
      JSON.stringify(toProblem(error.node === undefined ? error.with({ node }) : error, requestId)),
    );
    response.writeHead(error.status, {
      'content-type': 'application/problem+json',
      'content-length': payload.length,
      ...(error.retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(error.retryAfterMs / 1000)) }),
      // An unread body would stall the connection for its next request.
      ...(response.req.complete ? {} : { connection: 'close' }),
    });
    response.end(payload);
  }
}

/**
 * Web pages may not call nodes. The POST of a web page always has an Origin. A page of another site can send JSON only
 * after a preflight request, and this server never allows one.
 */
function refusePages({ origin, 'content-type': type }: IncomingHttpHeaders): void {
  if (origin !== undefined) throw new RpcError('forbidden', 'web pages may not call nodes');
  if (type !== 'application/json' && !/^application\/json *(?:;|$)/i.test(type ?? ''))
    throw new RpcError('unsupported_media_type', 'RPC calls are application/json');
}

function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        request.pause();
        reject(new RpcError('too_large', `the body is larger than ${maxBytes} bytes`));
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.on('error', () => reject(new RpcError('cancelled', 'the caller has gone')));
  });
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new RpcError('bad_request', 'the body is not JSON');
  }
}

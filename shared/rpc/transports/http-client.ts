import { Pool, errors as undiciErrors } from 'undici';
import type { Identity } from '../../security/certificates.ts';
import { tlsClientOptions } from '../../security/tls.ts';
import type { Clock } from '../../time/clock.ts';
import { type Scheduler, systemScheduler } from '../../time/scheduler.ts';
import type { Call, Endpoint, Reply } from '../call.ts';
import { fromProblem, RpcError } from '../errors.ts';
import { maxCallsPerEndpoint } from '../layers/overload/in-flight.ts';
import { decodeReceipt, decodeStaleMs, encodeHeaders, rpcPrefix } from '../wire.ts';
import { createDraining, type Draining } from './draining.ts';
import { exchange } from './exchange.ts';

export interface HttpClientOptions {
  /** The calling node; its name is sent with each call. */
  readonly node: string;
  readonly clock: Clock;
  readonly scheduler?: Scheduler;
  /**
   * With mutual TLS: the certificate of this node, and the authority that it trusts. After a renewal, new connections
   * use the new certificate.
   */
  readonly identity?: (() => Identity) | undefined;
  /** Sockets per endpoint. */
  readonly connections?: number;
  /** The longest reply in bytes. A longer one is cut off. */
  readonly maxReplyBytes?: number;
  /** Called when the head of a reply came, but its body was so slow that the caller gave up. */
  readonly onPartial?: (call: Call) => void;
}

export interface HttpClientTransport {
  /** Sends `call` to `call.endpoint`. */
  readonly send: (call: Call) => Promise<Reply>;
  readonly openConnections: () => number;
  readonly close: () => Promise<void>;
}

/** The sockets to one node. */
interface Connections {
  readonly pool: Pool;
  readonly draining: Draining;
}

/** The client side of the HTTP transport: one undici Pool per endpoint, keep-alive, no pipelining. */
export function httpClientTransport(options: HttpClientOptions): HttpClientTransport {
  const {
    node,
    clock,
    identity,
    scheduler = systemScheduler,
    connections = maxCallsPerEndpoint,
    maxReplyBytes = 64 * 1024 * 1024,
    onPartial,
  } = options;
  const pools = new Map<string, Connections>();
  /**
   * The same pools by endpoint object. This avoids building a key: a directory returns the same object from call to
   * call.
   */
  let byEndpoint = new WeakMap<Endpoint, Connections>();
  let shown: Identity | undefined;

  function connectionsTo(endpoint: Endpoint): Connections {
    const own = identity?.();
    if (own !== shown) renew(own);
    return byEndpoint.getOrInsertComputed(endpoint, () => connect(endpoint, own));
  }

  function connect(endpoint: Endpoint, own: Identity | undefined): Connections {
    const origin = `${own ? 'https' : 'http'}://${endpoint.host}:${endpoint.port}`;
    const key = own ? `${endpoint.node}@${origin}` : origin;
    return pools.getOrInsertComputed(key, () => {
      const pool = new Pool(origin, {
        connections,
        pipelining: 1,
        connect: { timeout: 2_000, ...(own && tlsClientOptions(own, endpoint.node)) },
        allowH2: false,
        // Shorter than the server's keep-alive (65 s), so that the server never closes a socket that is about to be
        // used.
        keepAliveTimeout: 30_000,
        // Deadlines abort by signal: undici's own timers fire about a second late.
        headersTimeout: 0,
        bodyTimeout: 0,
        maxResponseSize: maxReplyBytes,
      });
      return { pool, draining: createDraining(scheduler) };
    });
  }

  /** Calls under way finish over the old connections. */
  function renew(own: Identity | undefined): void {
    shown = own;
    closeAll().catch(() => undefined);
  }

  async function closeAll(): Promise<void> {
    const closing = [...pools.values()];
    pools.clear();
    byEndpoint = new WeakMap();
    await Promise.all(closing.map(({ pool }) => pool.close().catch(() => pool.destroy())));
  }

  async function send(call: Call): Promise<Reply> {
    const endpoint = call.endpoint!;
    try {
      const path = `${rpcPrefix}${call.component}/${call.operation.name}`;
      const headers = encodeHeaders(call, node, clock.now());
      let headAt = Infinity;
      const { pool, draining } = connectionsTo(endpoint);
      const reply = await exchange(pool, path, headers, JSON.stringify(call.request), call.signal, {
        draining,
        onHead: () => (headAt = clock.now()),
        onCut() {
          if (clock.now() - headAt >= trickleMs) onPartial?.(call);
        },
      });
      const servedBy = reply.headers['x-served-by'];
      const staleMs = decodeStaleMs(reply.headers['x-stale-ms']);
      return {
        body: parseReply(reply.body, reply.status, endpoint.node),
        servedBy: typeof servedBy === 'string' ? servedBy.split(',') : [endpoint.node],
        ...(call.nonce !== undefined && { receipt: decodeReceipt(reply.headers['x-receipt']) }),
        ...(staleMs !== undefined && { staleMs }),
      };
    } catch (thrown) {
      throw asTransportError(thrown, call);
    }
  }

  return {
    send,
    openConnections: () => [...pools.values()].reduce((sum, { pool }) => sum + pool.stats.connected, 0),
    close: closeAll,
  };
}

/**
 * The body of a reply follows its head at once. When a caller gives up within this time (ms) after the head, this
 * proves nothing about the callee.
 */
const trickleMs = 50;

function parseReply(text: string, status: number, node: string): unknown {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new RpcError('bad_reply', `${node} answered ${status} with something that is not JSON`, { cause, node });
  }
  if (status !== 200) throw fromProblem(body, status, node);
  return body;
}

/** The error code for a failure of the transport. It is `definite` only where the request cannot have arrived. */
function asTransportError(thrown: unknown, call: Call): RpcError {
  if (thrown instanceof RpcError) return thrown;
  const node = call.endpoint!.node;
  const { signal } = call;
  if (signal.aborted) {
    return signal.reason instanceof RpcError
      ? signal.reason
      : new RpcError('cancelled', 'the caller has gone', { cause: thrown });
  }
  const code = (thrown as { code?: string }).code;
  if (
    code === 'ECONNREFUSED' ||
    code === 'ENOTFOUND' ||
    code === 'EHOSTUNREACH' ||
    code === 'EAI_AGAIN' ||
    thrown instanceof undiciErrors.ConnectTimeoutError
  )
    return new RpcError('unreachable', `no connection to ${node} (${code})`, { cause: thrown, node });
  if (isTlsRefusal(code))
    return new RpcError('unreachable', `this node and ${node} do not trust each other's certificates (${code})`, {
      cause: thrown,
      node,
    });
  if (thrown instanceof undiciErrors.ResponseExceededMaxSizeError || thrown instanceof undiciErrors.HTTPParserError)
    return new RpcError('bad_reply', `${node} sent a reply that cannot be read`, { cause: thrown, node });
  return new RpcError('connection_lost', `the connection to ${node} broke (${code ?? (thrown as Error).name})`, {
    cause: thrown,
    node,
  });
}

/** One of the two sides refused the other's certificate, so the request was not read. */
function isTlsRefusal(code: string | undefined): boolean {
  return code !== undefined && /^(?:ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code);
}

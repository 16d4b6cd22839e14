import { Agent, request } from 'node:http';
import { asRpcError, fromProblem, RpcError } from '../rpc/errors.ts';

export interface ControlAddress {
  readonly host: string;
  readonly port: number;
}

export interface ControlRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** The operator token, if the route needs it. */
  readonly token?: string | undefined;
  readonly timeoutMs: number;
  /** Cancels the request. */
  readonly signal?: AbortSignal;
}

/**
 * Asks a control port: a node's ops port, a watchdog, the public routes of monitors and of the chaos controller.
 * Resolves with the JSON answer. Rejects with the problem in the answer, or with `unreachable` (no listener),
 * `connection_lost` or `deadline_exceeded`; a prober needs to tell these apart.
 */
export type ControlClient = (address: ControlAddress, request: ControlRequest) => Promise<unknown>;

const agent = new Agent({ keepAlive: false });

/**
 * Over HTTP, with a new connection for each request. Requests are few, and a kept connection would prove nothing about
 * the listener.
 */
export const askControl: ControlClient = ({ host, port }, { method = 'GET', path, body, token, timeoutMs, signal }) =>
  new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const outgoing = request(
      {
        host,
        port,
        method,
        path,
        agent,
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]),
        headers: {
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', (error) => reject(asControlError(error, `${host}:${port}`)));
        incoming.on('end', () => {
          try {
            const value = parse(Buffer.concat(chunks).toString('utf8'));
            if (incoming.statusCode! < 300) resolve(value);
            else reject(fromProblem(value, incoming.statusCode!));
          } catch (thrown) {
            reject(asRpcError(thrown));
          }
        });
      },
    );
    outgoing.on('error', (error) => reject(asControlError(error, `${host}:${port}`)));
    outgoing.end(text);
  });

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RpcError('bad_reply', 'the answer is not JSON');
  }
}

function asControlError(error: Error & { code?: string }, where: string): RpcError {
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return new RpcError('deadline_exceeded', `no answer from ${where} in time`, { cause: error });
  if (error.code === 'ECONNREFUSED' || error.code === 'ENOTFOUND' || error.code === 'EHOSTUNREACH')
    return new RpcError('unreachable', `nobody listens at ${where}`, { cause: error });
  return new RpcError('connection_lost', `the connection to ${where} broke`, { cause: error });
}

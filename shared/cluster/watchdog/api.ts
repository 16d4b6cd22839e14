import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { asRpcError, RpcError, toProblem } from '../../rpc/errors.ts';
import type { Topology } from '../topology.ts';
import type { Watchdog } from './watchdog.ts';

export interface WatchdogApiOptions {
  readonly topology: Topology;
  readonly watchdog: Watchdog;
  /** Whoever changes something must send it as `authorization: Bearer <token>`. */
  readonly token: string;
  /** Stops the whole cluster and this process. */
  readonly shutdown: () => void;
  /** How long `stop` of one node may drain, ms. */
  readonly graceMs?: number;
}

/**
 * The watchdog's port: GET /status is open to read; POST /shutdown and POST /nodes/<id>/start|stop|kill|pause|resume need the
 * operator token. Only processes that this watchdog started can be named.
 */
export function createWatchdogApi(options: WatchdogApiOptions): Server {
  const { topology, watchdog, token, shutdown, graceMs = 8_000 } = options;

  async function act(id: string, action: string): Promise<unknown> {
    const child = watchdog.child(id);
    if (!child)
      throw new RpcError(
        'not_found',
        `no node ${id}; there are ${watchdog
          .status()
          .map((node) => node.id)
          .join(', ')}`,
      );
    const signals: Record<string, NodeJS.Signals> = { kill: 'SIGKILL', pause: 'SIGSTOP', resume: 'SIGCONT' };
    if (action === 'start') child.start();
    else if (action === 'stop') await child.stop(graceMs);
    else if (Object.hasOwn(signals, action)) {
      if (!child.signal(signals[action]!))
        throw new RpcError('conflict', `${id} is ${child.state().state}: there is no process to ${action}`);
    } else throw new RpcError('not_found', `no action ${action}; there are start, stop, kill, pause, resume`);
    return watchdog.status().find((node) => node.id === id);
  }

  async function answer(request: IncomingMessage): Promise<unknown> {
    const [path = ''] = (request.url ?? '').split('?', 1);
    if (path === '/status') {
      if (request.method !== 'GET') throw new RpcError('method_not_allowed', 'GET only');
      return { topology: topology.name, watchdogPid: process.pid, nodes: watchdog.status() };
    }
    const node = /^\/nodes\/([a-z0-9-]+)\/([a-z]+)$/.exec(path);
    if (!node && path !== '/shutdown') throw new RpcError('not_found', 'there are /status, /shutdown and /nodes/<id>/<action>');
    if (request.method !== 'POST') throw new RpcError('method_not_allowed', 'POST only');
    authorise(request, token);
    if (node) return act(node[1]!, node[2]!);
    shutdown();
    return { stopping: true };
  }

  return createServer((request, response) => {
    request.resume();
    void answer(request)
      .then((body) => ({ status: 200, body }))
      .catch((thrown: unknown) => {
        const error = asRpcError(thrown);
        return { status: error.status, body: toProblem(error) };
      })
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': status === 200 ? 'application/json' : 'application/problem+json' });
        response.end(`${JSON.stringify(body)}\n`);
      });
  });
}

function authorise(request: IncomingMessage, token: string): void {
  const given = Buffer.from(request.headers.authorization?.replace(/^Bearer /, '') ?? '');
  const wanted = Buffer.from(token);
  if (given.length === 0) throw new RpcError('unauthenticated', 'the operator token is missing');
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    throw new RpcError('forbidden', 'this is not the operator token');
}

import { createServer, type IncomingMessage, type Server } from 'node:http';
import findMyWay, { type HTTPMethod } from 'find-my-way';
import { asRpcError, RpcError, toProblem } from '../rpc/errors.ts';
import { isSecret } from '../security/same-secret.ts';
import { foreignHost, isOwnHost } from './own-host.ts';

/** One address of the control plane. */
export interface ControlRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `/nodes/:id/:action`: a segment that begins with a colon matches any segment. */
  readonly path: string;
  /**
   * Routes that change something need the operator token. Routes that only read are open to whoever reaches the port.
   */
  readonly access: 'open' | 'operator';
  readonly handle: (parameters: Readonly<Record<string, string>>, body: unknown) => Promise<unknown> | unknown;
}

/** An answer that is not JSON. */
export class PlainAnswer {
  readonly type: string;
  readonly text: string;
  readonly status: number;

  constructor(type: string, text: string, status = 200) {
    this.type = type;
    this.text = text;
    this.status = status;
  }
}

/** Orders are small. */
const maxBodyBytes = 256 * 1024;

/** No existing thing has a longer name in a path. */
const maxParameterLength = 128;

/**
 * The control plane's server: the watchdog's port and every node's ops port. JSON in and out, problems as RFC 9457. The
 * Host header must name this machine (own-host.ts). An order also needs `authorization: Bearer <token>` and must not
 * come from a web page of another origin. `operatorDigest` is the digest of the token (same-secret.ts); the server does
 * not need the token itself.
 */
export function createControlServer(
  routes: readonly ControlRoute[],
  operatorDigest: string | undefined,
  hosts: readonly string[] = [],
): Server {
  const router = findMyWay({ maxParamLength: maxParameterLength });
  // The router only finds the routes; the code below calls the handlers.
  for (const route of routes) router.on(route.method, route.path, () => undefined, route);

  async function answer(request: IncomingMessage): Promise<unknown> {
    const { host } = request.headers;
    if (!isOwnHost(host, hosts)) throw new RpcError('forbidden', foreignHost(host));
    const path = (request.url ?? '').split('?', 1)[0]!;
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const found = router.find(method as HTTPMethod, path);
    if (!found) throw notFound(path);
    const route = found.store as ControlRoute;
    if (route.access === 'operator') authorise(request, operatorDigest);
    const body = route.method === 'POST' ? await readJson(request) : undefined;
    return route.handle(found.params as Readonly<Record<string, string>>, body);
  }

  function notFound(path: string): RpcError {
    const methods = (['GET', 'POST', 'DELETE'] as const).filter((method) => router.find(method, path));
    if (methods.length > 0) return new RpcError('method_not_allowed', `${methods.join(', ')} only`);
    return new RpcError('not_found', `there are ${routes.map(({ method, path }) => `${method} ${path}`).join(', ')}`);
  }

  return createServer((request, response) => {
    void answer(request)
      .then((value) =>
        value instanceof PlainAnswer
          ? value
          : new PlainAnswer('application/json', `${JSON.stringify(value, null, 2)}\n`),
      )
      .catch((thrown: unknown) => {
        const error = asRpcError(thrown);
        return new PlainAnswer('application/problem+json', `${JSON.stringify(toProblem(error))}\n`, error.status);
      })
      .then(({ type, text, status }) => {
        request.resume();
        response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
        response.end(request.method === 'HEAD' ? undefined : text);
      });
  });
}

/**
 * Throws `unauthenticated` or `forbidden` unless the request carries the operator token and comes from no foreign page.
 */
function authorise(request: IncomingMessage, operatorDigest: string | undefined): void {
  const { origin, host } = request.headers;
  if (origin !== undefined && origin !== `http://${host}`)
    throw new RpcError('forbidden', 'orders from other web pages are refused');
  if (operatorDigest === undefined)
    throw new RpcError('forbidden', 'this process was started without an operator token: it takes no orders');
  const given = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
  if (given.length === 0) throw new RpcError('unauthenticated', 'the operator token is missing');
  if (!isSecret(given, operatorDigest)) throw new RpcError('unauthenticated', 'this is not the operator token');
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new RpcError('too_large', `the body is larger than ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  if (bytes === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new RpcError('bad_request', 'the body is not JSON');
  }
}

import { createServer, type IncomingMessage, type Server } from 'node:http';
import findMyWay, { type HTTPMethod } from 'find-my-way';
import { asRpcError, RpcError, toProblem } from '../rpc/errors.ts';
import { requireOwnOrigin, requireToken } from './guard.ts';
import { parseWrittenJson } from '../schema/written-json.ts';

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

/** A route that only reads. */
export const readRoute = (path: string, handle: ControlRoute['handle']): ControlRoute => ({
  method: 'GET',
  path,
  access: 'open',
  handle,
});

/** A route that changes something. */
export const orderRoute = (path: string, handle: ControlRoute['handle']): ControlRoute => ({
  method: 'POST',
  path,
  access: 'operator',
  handle,
});

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

/** Longer than the usual pause between two scrapes, so that a scraper need not connect each time, ms. */
const keepAliveMs = 65_000;

/** No existing thing has a longer name in a path. */
const maxParameterLength = 128;

/**
 * The control plane's server: the watchdog's port and every node's ops port. JSON in and out, problems as RFC 9457.
 * guard.ts checks each request; an order also needs the operator token, of which the server knows only the digest.
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
    requireOwnOrigin(request.headers, hosts);
    const path = (request.url ?? '').split('?', 1)[0]!;
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const found = router.find(method as HTTPMethod, path);
    if (!found) throw notFound(path);
    const route = found.store as ControlRoute;
    if (route.access === 'operator') requireToken(request.headers, operatorDigest);
    const body = route.method === 'POST' ? await readJson(request) : undefined;
    return route.handle(found.params as Readonly<Record<string, string>>, body);
  }

  function notFound(path: string): RpcError {
    const methods = (['GET', 'POST', 'DELETE'] as const).filter((method) => router.find(method, path));
    if (methods.length > 0) return new RpcError('method_not_allowed', `${methods.join(', ')} only`);
    const known = routes.map(({ method, path }) => `${method} ${path}`).join(', ');
    return new RpcError('not_found', `there is no such route; there are ${known}`);
  }

  return createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
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
    return parseWrittenJson(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw new RpcError('bad_request', `the body cannot be read: ${(error as Error).message}`);
  }
}

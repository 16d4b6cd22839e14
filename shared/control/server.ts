import { createServer, type IncomingMessage, type Server } from 'node:http';
import { isIP } from 'node:net';
import { asRpcError, RpcError, toProblem } from '../rpc/errors.ts';
import { isSecret } from '../security/same-secret.ts';

/** One address of the control plane. */
export interface ControlRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `/nodes/:id/:action`: a part that begins with a colon matches any one part. */
  readonly path: string;
  /** What changes something needs the operator token; what only tells is open to whoever reaches the port. */
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

/**
 * The control plane's server: the watchdog's port and every node's ops port. JSON in and out, problems as RFC 9457. Whoever gives an
 * order sends `authorization: Bearer <token>`; a browser page from elsewhere cannot (its Origin is refused, and so is a Host that is
 * not ours: DNS rebinding). `operatorDigest` is that of the token (same-secret.ts): the server need not have the token itself.
 */
export function createControlServer(routes: readonly ControlRoute[], operatorDigest: string | undefined): Server {
  async function answer(request: IncomingMessage): Promise<unknown> {
    const path = (request.url ?? '').split('?', 1)[0]!;
    const found = routes.flatMap((route) => {
      const parameters = matchPath(route.path, path);
      return parameters ? [{ route, parameters }] : [];
    });
    if (found.length === 0)
      throw new RpcError('not_found', `there are ${routes.map(({ method, path }) => `${method} ${path}`).join(', ')}`);
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const match = found.find(({ route }) => route.method === method);
    if (!match) throw new RpcError('method_not_allowed', `${found.map(({ route }) => route.method).join(', ')} only`);
    if (match.route.access === 'operator') authorise(request, operatorDigest);
    const body = match.route.method === 'POST' ? await readJson(request) : undefined;
    return match.route.handle(match.parameters, body);
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

/** The named parts of `path`, or undefined where it does not fit. */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    if (part.startsWith(':')) {
      if (!/^[A-Za-z0-9._~:-]{1,128}$/.test(given[i]!)) return undefined;
      parameters[part.slice(1)] = given[i]!;
    } else if (part !== given[i]) return undefined;
  }
  return parameters;
}

/** Throws `unauthenticated` or `forbidden` unless the request carries the operator token and comes from no foreign page. */
function authorise(request: IncomingMessage, operatorDigest: string | undefined): void {
  const { origin, host } = request.headers;
  if (!isOwnHost(host)) throw new RpcError('forbidden', 'this host name is not one of this door');
  if (origin !== undefined && origin !== `http://${host}`)
    throw new RpcError('forbidden', 'orders from other web pages are refused');
  if (operatorDigest === undefined)
    throw new RpcError('forbidden', 'this process was started without an operator token: it takes no orders');
  const given = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
  if (given.length === 0) throw new RpcError('unauthenticated', 'the operator token is missing');
  if (!isSecret(given, operatorDigest)) throw new RpcError('unauthenticated', 'this is not the operator token');
}

/**
 * Whether a Host header can be ours: a loopback name, an address, or a name without a dot (a container's). What a foreign page can make
 * its own name point to us with (DNS rebinding) has a dot.
 */
export function isOwnHost(host: string | undefined): boolean {
  const name = host?.replace(/:\d+$/, '') ?? '';
  return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0 || /^[A-Za-z0-9_-]+$/.test(name);
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

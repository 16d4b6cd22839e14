import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';

export type Route = string | ((request: IncomingMessage, response: ServerResponse) => void);

export interface TestSite {
  readonly origin: string;
  /** What was asked for, in order, without robots.txt. */
  readonly asked: string[];
}

const running: { close: () => Promise<void> }[] = [];

afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

/** A site on a free port of this machine; a text is an HTML page. Unknown paths are 404. Closed after the test. */
export async function startSite(routes: Record<string, Route>): Promise<TestSite> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? '/';
    if (url !== '/robots.txt') asked.push(url);
    const route = routes[url] ?? routes[url.split('?')[0]!];
    if (typeof route === 'function') return route(request, response);
    response.writeHead(route === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(route ?? 'not found');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.push({
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

export function html(title: string, body: string, head = ''): string {
  return `<!doctype html><html><head><title>${title}</title>${head}</head><body>${body}</body></html>`;
}

export function redirect(to: string, status = 302): Route {
  return (_request, response) => response.writeHead(status, { location: to }).end();
}

/** A page with headers of its own. */
export function answer(body: string | Uint8Array, headers: Record<string, string>, status = 200): Route {
  return (_request, response) => response.writeHead(status, headers).end(body);
}

export function text(body: string, status = 200): Route {
  return answer(body, { 'content-type': 'text/plain' }, status);
}

import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { RpcError } from '../shared/rpc/errors.ts';

/** The most bytes that may wait for one page. Beyond that, its connection is closed, and the browser connects again. */
const maxWaitingBytes = 2 * 1024 * 1024;

/** How soon a browser tries again after it lost the connection, ms. */
const retryMs = 1_000;

/** Server-sent events for every open page. The bytes of an event are made once for all pages. */
export function createEventStreams(maxPages: number) {
  const open = new Set<ServerResponse>();
  return {
    open: () => open.size,
    /** Throws `overloaded` where too many pages are open, because each holds a connection. */
    requireRoom(): void {
      if (open.size >= maxPages) throw new RpcError('overloaded', `more than ${maxPages} pages are open`);
    },
    /** Sends `present` to `response`, and then every event until the response closes. */
    serve(response: ServerResponse, present: readonly string[]): void {
      response.write(`retry: ${retryMs}\n\n${present.join('')}`);
      open.add(response);
      response.once('close', () => open.delete(response));
    },
    send(event: string): void {
      // The event is made into bytes once. A text would be encoded again for each page.
      const bytes = Buffer.from(event);
      for (const response of open) {
        if (response.writableLength > maxWaitingBytes) response.destroy();
        else response.write(bytes);
      }
    },
    stop(): void {
      for (const response of open) response.end();
    },
  };
}

/** One event. `id`: its number, which a browser names when it connects again. */
export function eventOf(name: string, json: string, id?: number): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${json}\n\n`;
}

/** Takes the response from Fastify, which would end it after the route, and sends its headers. */
export function openStream(reply: FastifyReply): ServerResponse {
  const headers = reply.getHeaders() as Record<string, string>;
  reply.hijack();
  return reply.raw.writeHead(200, { ...headers, 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
}

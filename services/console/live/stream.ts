import type { ServerResponse } from 'node:http';
import { RpcError } from '../../../shared/rpc/errors.ts';
import type { Collector } from './collector.ts';

/** The most open pages, because each holds a connection. Further pages are refused. */
export const maxStreams = 200;

/** When more than this waits for a page that does not read, its connection is closed, bytes. It connects again. */
const maxWaitingBytes = 2 * 1024 * 1024;

/** How soon a browser tries again after it lost the connection, ms. */
const retryMs = 1_000;

/**
 * Server-sent events for every open page: first the present state, then each snapshot and report as it comes. The bytes
 * of an event are made once for all pages. The snapshot of each second also serves as the heartbeat of the stream.
 */
export function createStreams(collector: Collector, hello: () => object) {
  const open = new Set<ServerResponse>();
  const silence = collector.listen((name, json, number) => {
    // Bytes, because each page would encode a text again.
    const bytes = Buffer.from(event(name, json, name === 'snapshot' ? number : undefined));
    for (const response of open) {
      if (response.writableLength > maxWaitingBytes) response.destroy();
      else response.write(bytes);
    }
  });
  return {
    open: () => open.size,
    /** Throws `overloaded` where too many pages are open. */
    requireRoom(): void {
      if (open.size >= maxStreams) throw new RpcError('overloaded', `more than ${maxStreams} pages are open`);
    },
    /** Sends to `response` until it closes. `after`: the last snapshot that the page has. */
    serve(response: ServerResponse, after: number): void {
      const { incidents, availability, times } = collector.reports();
      const missed = collector.history.after(Math.min(after, collector.snapshots() - 1));
      response.write(
        [
          `retry: ${retryMs}\n\n`,
          event('hello', JSON.stringify(hello())),
          event('incidents', incidents),
          event('availability', availability),
          event('times', times),
          ...missed.map(({ number, json }) => event('snapshot', json, number)),
        ].join(''),
      );
      open.add(response);
      response.once('close', () => open.delete(response));
    },
    stop(): void {
      silence();
      for (const response of open) response.end();
    },
  };
}

function event(name: string, json: string, id?: number): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${json}\n\n`;
}

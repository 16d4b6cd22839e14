import type { ServerResponse } from 'node:http';
import { RpcError } from '../../shared/rpc/errors.ts';
import { systemScheduler } from '../../shared/time/scheduler.ts';

/** The most open pages, because each holds a connection. */
const maxStreams = 50;

/** A page that does not read loses its connection when more than this waits for it, bytes. It connects again. */
const maxWaitingBytes = 2 * 1024 * 1024;

/** Changes of the state within this time become one event, ms: a lab may report progress thousands of times. */
const gatherMs = 150;

/** How soon a browser tries again after it lost the connection, ms. */
const retryMs = 1_000;

interface StreamsOptions {
  /** The present state and the cluster of the run, for every page. */
  readonly state: () => unknown;
  readonly about: () => unknown;
}

/**
 * Server-sent events for every open page: `state`, `about` (the cluster of the run) and `snapshot` (its picture). A
 * page that opens gets the present ones first.
 */
export function createStreams({ state, about }: StreamsOptions) {
  const open = new Set<ServerResponse>();
  let waiting = false;

  function send(name: string, json: string): void {
    for (const response of open) {
      if (response.writableLength > maxWaitingBytes) response.destroy();
      else response.write(eventOf(name, json));
    }
  }

  return {
    open: () => open.size,
    /** Throws `overloaded` where too many pages are open. */
    requireRoom(): void {
      if (open.size >= maxStreams) throw new RpcError('overloaded', `more than ${maxStreams} pages are open`);
    },
    serve(response: ServerResponse): void {
      response.write(
        `retry: ${retryMs}\n\n` +
          eventOf('about', JSON.stringify(about() ?? null)) +
          eventOf('state', JSON.stringify(state())),
      );
      open.add(response);
      response.once('close', () => open.delete(response));
    },
    /** Tells all pages the new state soon. */
    stateChanged(): void {
      if (waiting) return;
      waiting = true;
      systemScheduler.after(gatherMs, () => {
        waiting = false;
        send('state', JSON.stringify(state()));
      });
    },
    send,
    stop(): void {
      for (const response of open) response.end();
    },
  };
}

const eventOf = (name: string, json: string): string => `event: ${name}\ndata: ${json}\n\n`;

import type { Server } from 'node:http';
import type { Logger } from 'pino';
import type { Scheduler } from '../time/scheduler.ts';

/** A port that was just closed can still be in use for a moment. */
const againMs = 100;

export interface ListenOptions {
  readonly port: number;
  readonly host: string;
  /** Several processes may listen on the port (SO_REUSEPORT): the kernel distributes connections among them. */
  readonly reusePort?: boolean;
}

export type ListenerSwitch = ReturnType<typeof listenerSwitch>;

/**
 * The data ports of a node as one switch: `close` refuses new connections and cuts the existing ones; `open` listens
 * again. The process and its ops port stay up.
 */
export function listenerSwitch(scheduler: Scheduler, log: Logger) {
  const servers = new Map<Server, ListenOptions>();
  let wanted = true;

  function listen(server: Server, options: ListenOptions): void {
    if (!wanted || server.listening || !servers.has(server)) return;
    server.once('error', retry);
    server.listen(options, () => server.off('error', retry));

    function retry(err: Error): void {
      log.error({ err, port: options.port }, 'the port cannot be opened again yet');
      scheduler.after(againMs, () => listen(server, options));
    }
  }

  return {
    isOpen: (): boolean => wanted,
    add: (server: Server, options: ListenOptions): void => void servers.set(server, options),
    close(): void {
      wanted = false;
      for (const server of servers.keys()) {
        server.close();
        server.closeAllConnections();
      }
    },
    open(): void {
      wanted = true;
      for (const [server, options] of servers) listen(server, options);
    },
    /** The node stops: nothing is opened again. */
    forget: (): void => servers.clear(),
  };
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Endpoint, Service } from '../../shared/rpc/call.ts';
import { httpClientTransport } from '../../shared/rpc/transports/http-client.ts';
import { systemClock as clock } from '../../shared/time/clock.ts';
import { LabUnknownError } from '../runner/errors.ts';

interface ServerProcesses {
  readonly endpoints: readonly Endpoint[];
  readonly transport: Service;
  /** Sends a message to the process with this number, from 0 on. */
  readonly tell: (process: number, message: boolean) => void;
  /** Aborts on an interrupt, and when one of the processes ends. */
  readonly signal: AbortSignal;
}

/**
 * Runs `use` beside one process of `program` for each of `names`; the program calls `serveParent`. The processes end
 * before this function does.
 */
export async function withServers<T>(
  options: {
    readonly program: URL;
    readonly names: readonly string[];
    /** The name under which the lab calls them. */
    readonly caller: string;
    readonly signal: AbortSignal;
  },
  use: (servers: ServerProcesses) => Promise<T>,
): Promise<T> {
  const { program, names, caller } = options;
  options.signal.throwIfAborted();
  const children = names.map((name) =>
    fork(fileURLToPath(program), [name], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
  );
  const ended = children.map((child) => once(child, 'exit'));
  const failure = new AbortController();
  Promise.race(ended).then(
    () => failure.abort(new LabUnknownError('a server ended, and the lab had not asked for it', 'run the lab again')),
    (error: unknown) => failure.abort(error),
  );
  const signal = AbortSignal.any([options.signal, failure.signal]);
  const http = httpClientTransport({ node: caller, clock });
  try {
    const endpoints = await Promise.all(
      children.map(async (child, i) => {
        const [port] = (await once(child, 'message', { signal })) as [number];
        return { node: names[i]!, host: '127.0.0.1', port };
      }),
    );
    const tell = (process: number, message: boolean): void => {
      if (children[process]!.connected) children[process]!.send(message);
    };
    const result = await use({ endpoints, transport: http.send, tell, signal });
    signal.throwIfAborted();
    return result;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await Promise.allSettled(ended);
    await http.close();
  }
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { httpClientTransport } from '../../shared/rpc/transports/http-client.ts';
import { systemClock as clock } from '../../shared/time/clock.ts';
import { LabUnknownError } from '../runner/errors.ts';
import { staleAnswers } from './invalidation.ts';

export interface LiveWrites {
  readonly requests: number;
  readonly capacity: number;
  readonly invalidate: boolean;
  readonly draw: () => number;
  readonly signal: AbortSignal;
}

const program = fileURLToPath(new URL('./page-server.ts', import.meta.url));

/** The same over HTTP, with the store in a process of its own. The process ends before this function does. */
export async function liveStaleAnswers({ signal, ...writes }: LiveWrites): Promise<number> {
  signal.throwIfAborted();
  const child = fork(program, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  const http = httpClientTransport({ node: 'lab-14', clock });
  try {
    const [port] = (await Promise.race([once(child, 'message', { signal }), ended.then(refuse)])) as [number];
    const endpoint = { node: 'pages-1', host: '127.0.0.1', port };
    return await staleAnswers({ ...writes, store: http.send, endpoint, clock, signal });
  } catch (error) {
    signal.throwIfAborted();
    if (child.exitCode !== null || child.signalCode !== null) refuse();
    throw error;
  } finally {
    await http.close();
    child.kill('SIGKILL');
    await ended;
  }
}

function refuse(): never {
  throw new LabUnknownError('the process with the pages ended, and the lab had not asked for it', 'run it again');
}

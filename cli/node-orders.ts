import { dataDirOf } from './paths.ts';
import { operatorToken } from './run-file.ts';
import { askWatchdog, fetchStatus } from './watchdog-client.ts';

/** The time in which a node drains, stops and starts, ms. */
const boundMs = 60_000;

/**
 * Orders to the watchdog about single nodes. `retire` and `restart` let the node drain first. Each resolves when it is
 * carried out; `start` when the process has begun.
 */
export const nodeOrders =
  (portBase: number, token: string) =>
  (id: string, action: 'start' | 'retire' | 'stop' | 'restart'): Promise<unknown> =>
    askWatchdog(portBase, `/nodes/${id}/${action}`, { method: 'POST', token, timeoutMs: boundMs });

/**
 * Makes this process the only one that may change which nodes run, until it ends. Resolves to the operator's token.
 * Throws CommandError if another command changes the nodes. Ask for the nodes after this: earlier answers may be old.
 */
export async function holdNodes(portBase: number, data: string | undefined, command: string): Promise<string> {
  // Without a cluster there is no token either. The message must name the missing cluster.
  await fetchStatus(portBase);
  const token = operatorToken(dataDirOf(data), portBase, 'change its nodes');
  await askWatchdog(portBase, '/changes', { method: 'POST', token, body: { command, pid: process.pid } });
  return token;
}

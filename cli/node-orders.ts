import { askWatchdog } from './watchdog-client.ts';

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

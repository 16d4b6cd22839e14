import type { NodeStatus } from '../shared/cluster/watchdog/watchdog.ts';
import { CommandError } from './errors.ts';

export interface ClusterStatus {
  readonly topology: string;
  readonly watchdogPid: number;
  readonly nodes: readonly NodeStatus[];
}

/** What the watchdog at `portBase` says of its nodes. */
export async function fetchStatus(portBase: number): Promise<ClusterStatus> {
  return (await ask(portBase, '/status')) as ClusterStatus;
}

/** Asks the watchdog of the cluster at `portBase`. */
export async function ask(portBase: number, path: string, init: RequestInit = {}): Promise<unknown> {
  return request(portBase, path, init, `no cluster answers at port base ${portBase}: "tierlab up" starts one`);
}

/** Asks one control port of this machine: a node's ops port. */
export async function askPort(port: number, path: string, init: RequestInit = {}): Promise<unknown> {
  return request(port, path, init, `nothing answers at port ${port}`);
}

async function request(port: number, path: string, init: RequestInit, silent: string): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { ...init, signal: AbortSignal.timeout(30_000) }).catch(() => {
    throw new CommandError(silent);
  });
  const body = (await response.json().catch(() => ({}))) as { detail?: string };
  if (!response.ok) throw new CommandError(body.detail ?? `port ${port} answered ${response.status}`);
  return body;
}

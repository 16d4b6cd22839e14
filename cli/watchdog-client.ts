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

export async function ask(portBase: number, path: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${portBase}${path}`, { ...init, signal: AbortSignal.timeout(30_000) }).catch(
    () => {
      throw new CommandError(`no cluster answers at port base ${portBase}: "tierlab up" starts one`);
    },
  );
  const body = (await response.json().catch(() => ({}))) as { detail?: string };
  if (!response.ok) throw new CommandError(body.detail ?? `the watchdog answered ${response.status}`);
  return body;
}

import { askControl, type ControlRequest } from '../shared/cluster/control-client.ts';
import { asRpcError } from '../shared/rpc/errors.ts';
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

type Asked = Omit<ControlRequest, 'path' | 'timeoutMs'> & { readonly timeoutMs?: number };

/** Asks the watchdog of the cluster at `portBase`. */
export async function ask(portBase: number, path: string, asked: Asked = {}): Promise<unknown> {
  return request(portBase, { path, ...asked }, `no cluster answers at port base ${portBase}: "tierlab up" starts one`);
}

/** Asks one control port of this machine: a node's ops port. */
export async function askPort(port: number, path: string, asked: Asked = {}): Promise<unknown> {
  return request(port, { path, ...asked }, `nothing answers at port ${port}`);
}

async function request(port: number, asked: Asked & { readonly path: string }, silent: string): Promise<unknown> {
  return askControl({ host: '127.0.0.1', port }, { timeoutMs: 30_000, ...asked }).catch((thrown: unknown) => {
    const { relayed, message, code } = asRpcError(thrown);
    throw new CommandError(relayed || code === 'bad_reply' ? message : silent);
  });
}

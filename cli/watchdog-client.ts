import { askControl, type ControlRequest } from '../shared/control/client.ts';
import { asRpcError } from '../shared/rpc/errors.ts';
import type { TopologyNode } from '../shared/cluster/topology.ts';
import type { NodeStatus } from '../shared/cluster/watchdog/watchdog.ts';
import { CommandError } from './errors.ts';

/** A node as its watchdog tells of it; `silent`: that does not answer, so its container or machine is away. */
export type ClusterNode = Omit<NodeStatus, 'state'> & {
  readonly host: string;
  readonly state: NodeStatus['state'] | 'silent';
  /** Since when its watchdog knows of it, wall-clock ms; Infinity while that is silent. */
  readonly watchedSince: number;
};

/** What one watchdog says. */
interface Told {
  readonly topology: string;
  readonly startedAt: number;
  readonly nodes: readonly NodeStatus[];
}

export interface ClusterStatus {
  readonly topology: string;
  readonly nodes: readonly ClusterNode[];
}

type Place = Pick<TopologyNode, 'id' | 'components' | 'shard' | 'host' | 'port' | 'opsPort' | 'publicPort' | 'doors'>;

/** One machine's watchdog knows all of its nodes. */
const here = '127.0.0.1';
/** One of many that are asked at once: whoever is silent must not keep the others waiting, ms. */
const otherTimeoutMs = 2_000;

/** All nodes of the cluster at `portBase`: of the one watchdog of this machine, or, in a container, of those of all containers. */
export async function fetchStatus(portBase: number): Promise<ClusterStatus> {
  const told = (await ask(portBase, '/status')) as Told;
  const { topology } = told;
  if (process.env.TIERLAB_HOSTS !== 'by-name')
    return { topology, nodes: told.nodes.map((node) => known(node, here, told)) };
  const { topologyOf } = await import('./topology.ts');
  const all = await topologyOf(topology, { portBase, hosts: 'by-name' });
  return { topology, nodes: await statusOf(all.nodes, portBase) };
}

/** How these nodes are now: each watchdog is asked once. */
export async function statusOf(places: readonly Place[], portBase: number): Promise<readonly ClusterNode[]> {
  const hosts = [...new Set(places.map(({ host }) => host))];
  const answers = await Promise.all(
    hosts.map(async (host) => {
      const asked = askControl({ host, port: portBase }, { path: '/status', timeoutMs: otherTimeoutMs });
      return [host, (await asked.catch(() => undefined)) as Told | undefined] as const;
    }),
  );
  const byHost = new Map(answers);
  return places.map((place) => {
    const told = byHost.get(place.host);
    const node = told?.nodes.find(({ id }) => id === place.id);
    return told && node ? known(node, place.host, told) : silent(place);
  });
}

const known = (node: NodeStatus, host: string, { startedAt }: Told): ClusterNode => ({
  ...node,
  host,
  watchedSince: startedAt,
});

function silent({ id, components, shard, host, port, opsPort, doors, publicPort }: Place): ClusterNode {
  const place = { id, components, ...(shard !== undefined && { shard }), host, port, opsPort, doors, publicPort };
  return { ...place, pid: null, state: 'silent', restarts: 0, exits: [], watchedSince: Infinity };
}

type Asked = Omit<ControlRequest, 'path' | 'timeoutMs'> & { readonly timeoutMs?: number };

/** Asks the watchdog of this machine, of the cluster at `portBase`. */
export async function ask(portBase: number, path: string, asked: Asked = {}): Promise<unknown> {
  const at = { host: here, port: portBase };
  return request(at, { path, ...asked }, `no cluster answers at port base ${portBase}: "tierlab up" starts one`);
}

/** Asks one control port: a node's ops port, or one of its doors. */
export async function askPort(at: { readonly host: string; readonly port: number }, path: string, asked: Asked = {}) {
  const where = at.host === here ? `port ${at.port}` : `${at.host}:${at.port}`;
  return request(at, { path, ...asked }, `nothing answers at ${where}`);
}

async function request(
  at: { readonly host: string; readonly port: number },
  asked: Asked & { readonly path: string },
  ifSilent: string,
): Promise<unknown> {
  return askControl(at, { timeoutMs: 30_000, ...asked }).catch((thrown: unknown) => {
    const { relayed, message, code } = asRpcError(thrown);
    throw new CommandError(relayed || code === 'bad_reply' ? message : ifSilent);
  });
}

import { askControl } from '../../shared/control/client.ts';
import { watchdogOf, type Topology, type TopologyNode } from '../../shared/cluster/topology.ts';
import type { FaultStatus } from '../../shared/faults/registry.ts';
import { asRpcError, RpcError } from '../../shared/rpc/errors.ts';
import { targetPatienceMs } from './contract.ts';
import type { Site } from './controller.ts';

/** The answer of a node or a watchdog about its faults. */
export interface FaultList {
  readonly enabled: boolean;
  readonly active: readonly FaultStatus[];
  readonly ended: readonly FaultStatus[];
  /** For a node: its own wall clock, which a fault may have changed. */
  readonly wallMs?: number;
  /** For a watchdog: the twins of its nodes. */
  readonly twins?: readonly { readonly node: string; readonly pid: number; readonly opsPort?: number }[];
}

/** One place where faults are held: a node's ops port or a watchdog. */
export interface ControlPort {
  readonly site: Site;
  /** `ranking-2`, or `watchdog` with its address. */
  readonly name: string;
  readonly url: string;
}

/** The addresses in a cluster: those of its topology, or those that its watchdogs tell. */
interface Addresses {
  readonly watchdogPort: number;
  readonly nodes: readonly Pick<TopologyNode, 'id' | 'host' | 'opsPort'>[];
}

/** All control ports of a cluster. */
export function controlPorts(topology: Addresses): readonly ControlPort[] {
  const watchdogs = new Set(topology.nodes.map((node) => addressOf(watchdogOf(topology, node))));
  return [
    ...[...watchdogs].map((url): ControlPort => ({ site: 'watchdog', name: `watchdog ${url.slice(7)}`, url })),
    ...topology.nodes.map(({ id, host, opsPort }): ControlPort => {
      return { site: 'node', name: id, url: addressOf({ host, port: opsPort }) };
    }),
  ];
}

/**
 * The port that holds the faults of `site` at the node `target`. Throws `bad_request` for a node that does not exist.
 */
export function controlPortOf(topology: Topology, site: Site, target: string): ControlPort {
  const node = topology.nodes.find(({ id }) => id === target);
  if (!node) throw new RpcError('bad_request', `target: there is no node ${target}`);
  const address = site === 'watchdog' ? watchdogOf(topology, node) : { host: node.host, port: node.opsPort };
  return { site, name: target, url: addressOf(address) };
}

const addressOf = ({ host, port }: { host: string; port: number }): string => `http://${host}:${port}`;

/**
 * Sends an order over the control network. Throws the RpcError of the answer, or `unavailable` when no answer comes in
 * time.
 */
export async function order(
  port: ControlPort,
  token: string | undefined,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<unknown> {
  const { hostname: host, port: number } = new URL(port.url);
  const request = { method, path, body, token, timeoutMs: targetPatienceMs };
  return askControl({ host, port: Number(number) }, request).catch((thrown: unknown) => {
    const error = asRpcError(thrown);
    if (error.relayed) throw error;
    throw new RpcError('unavailable', `${port.name} does not answer at its control port`, {
      cause: thrown,
      node: port.name,
    });
  });
}

/** The faults at that port; throws as `order` does. */
export async function faultsAt(port: ControlPort, token: string | undefined): Promise<FaultList> {
  return (await order(port, token, 'GET', '/admin/faults')) as FaultList;
}

/**
 * Heals all faults at all `ports`, whoever injected them. Returns the number of faults and the ports that did not
 * answer.
 */
export async function haltAll(
  ports: readonly ControlPort[],
  token: string | undefined,
): Promise<{ readonly healed: number; readonly silent: readonly string[] }> {
  const answers = await Promise.allSettled(ports.map((port) => order(port, token, 'POST', '/admin/halt')));
  return {
    healed: answers.reduce(
      (sum, it) => sum + (it.status === 'fulfilled' ? (it.value as { healed: number }).healed : 0),
      0,
    ),
    silent: ports.filter((_, i) => answers[i]!.status === 'rejected').map(({ name }) => name),
  };
}

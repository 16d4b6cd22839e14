import { defaultPortBase } from '../../shared/cluster/ports.ts';
import type { Topology } from '../../shared/cluster/topology.ts';
import { breaksOf, type Break } from './breaks.ts';
import { contracts } from './contracts.ts';
import { tiersOf, type Tiers } from './tiers.ts';

/** A node as the page knows it. */
export interface AboutNode {
  readonly id: string;
  readonly group: string;
  readonly components: readonly string[];
  /** Whether other components call it. A node without operations, like a client, answers people only. */
  readonly hasOperations: boolean;
  readonly shard?: number;
  readonly standby?: string;
  readonly port: number;
  /** The public HTTP port of each of its components that has one. */
  readonly doors: Readonly<Record<string, number>>;
  /** The port for the public routes of its other components. With TLS it differs from `port`. */
  readonly publicPort: number;
  readonly opsPort: number;
  readonly breaks: readonly Break[];
}

/** What does not change while the console runs. */
export interface About extends Tiers {
  readonly name: string;
  readonly summary: string;
  readonly style: Topology['style'];
  readonly shards: number;
  /** Each node in a container of its own: only the ports for people can be reached from outside. */
  readonly inContainers: boolean;
  /** The flags that lead the `tierlab` command to this cluster; empty where it is the usual one. */
  readonly flags: string;
  /** The node that hosts this console. */
  readonly own: string;
  /** Whether the cluster accepts faults. */
  readonly chaos: boolean;
  readonly nodes: readonly AboutNode[];
}

/** `placeFlags`: the flags that lead a command to this cluster. If unknown, the port base comes from the topology. */
export function aboutCluster(topology: Topology, own: string, chaos: boolean, placeFlags?: string): About {
  const { name, summary, style, shards } = topology;
  const nodes = topology.nodes.map((node): AboutNode => {
    const { id, group, components, shard, standby, port, doors, publicPort, opsPort } = node;
    const breaks = breaksOf(node, topology);
    return {
      id,
      group,
      components,
      hasOperations: components.some((name) => Object.keys(contracts.get(name)?.operations ?? {}).length > 0),
      port,
      doors,
      publicPort,
      opsPort,
      breaks,
      ...(shard !== undefined && { shard }),
      ...(standby !== undefined && { standby }),
    };
  });
  const { watchdogPort } = topology;
  const flags = placeFlags ?? (watchdogPort === defaultPortBase ? '' : ` --port-base ${watchdogPort}`);
  const inContainers = topology.nodes.some(({ id, host }) => host === id);
  return { name, summary, style, shards, inContainers, flags, own, chaos, nodes, ...tiersOf(topology) };
}

import Type, { type Static } from 'typebox';
import type { StandbyKind } from '../membership/fencing.ts';
import { PolicyFile } from '../rpc/policy.ts';

/** One way to a node. `{}` is the node's own address. */
const Route = Type.Object(
  {
    /** Another address of the machine, or the address of a relay; the node's own host when absent. */
    host: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9.:-]{1,253}$' })),
    /** Added to the node's data port. */
    portShift: Type.Optional(Type.Integer({ minimum: -20_000, maximum: 20_000 })),
    /** Another process (a relay) listens there and forwards connections to the node. */
    relayed: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

const Spares = Type.Integer({ minimum: 1, maximum: 10 });

/** The most nodes of a group, in each shard. */
export const mostReplicas = 100;

/** A group of equal nodes: `replicas` of each of `shards`, all hosting the same components. */
export const NodeGroup = Type.Object(
  {
    /** Node ids are `<name>-<replica>`, sharded ones `<name>-<shard>-<replica>`, from 1. */
    name: Type.String({ pattern: '^[a-z][a-z0-9-]{0,40}$' }),
    components: Type.Array(Type.String(), { minItems: 1 }),
    replicas: Type.Integer({ minimum: 1, maximum: mostReplicas, default: 1 }),
    /** How many of the replicas (of each shard) run at first; `tierlab scale` starts the others. All when absent. */
    started: Type.Optional(Type.Integer({ minimum: 1, maximum: mostReplicas })),
    /** The number of shards of the data in this group; absent if it hosts no database or only one shard. */
    shards: Type.Optional(Type.Integer({ minimum: 1, maximum: 64 })),
    /** The routes to each node of the group, in order of preference; absent = only its own address. */
    routes: Type.Optional(Type.Array(Route, { minItems: 1, maxItems: 8 })),
    /** Further nodes of the group (of each shard) that replace a failed node: how many, and of which kind. */
    standbys: Type.Optional(
      Type.Object(
        {
          hot: Type.Optional(Spares),
          warm: Type.Optional(Spares),
          cold: Type.Optional(Spares),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

export type NodeGroup = Static<typeof NodeGroup>;

/** A topology file: which components live on which node. */
export const TopologyFile = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    name: Type.String({ pattern: '^[a-z][a-z0-9-]{0,40}$' }),
    /** What the topology shows, in one sentence. */
    summary: Type.String(),
    /** What the course on distributed systems calls this architecture. */
    course: Type.Optional(Type.String()),
    style: Type.Union([Type.Literal('object-based'), Type.Literal('layered')]),
    /** The resilience policy for calls between nodes; absent = `resilient`. */
    policy: Type.Optional(PolicyFile),
    /** Mutual TLS between nodes; the public doors and the ops ports stay plain HTTP. Off when absent. */
    tls: Type.Optional(Type.Boolean()),
    nodes: Type.Array(NodeGroup, { minItems: 1 }),
  },
  { additionalProperties: false },
);
export type TopologyFile = Static<typeof TopologyFile>;

export interface TopologyRoute {
  readonly host: string;
  readonly port: number;
  /** A relay listens there, not the node. */
  readonly relayed: boolean;
}

/** One operating-system process of the topology, with its addresses. */
export interface TopologyNode {
  readonly id: string;
  readonly group: string;
  readonly components: readonly string[];
  /** The shard that the node holds, from 1; only for nodes that host the database. */
  readonly shard?: number;
  /** The node runs only when `tierlab scale` starts it. */
  readonly idle?: true;
  /** The kind of standby; absent for a regular replica. */
  readonly standby?: StandbyKind;
  readonly host: string;
  /** Data port: requests and heartbeats. */
  readonly port: number;
  /** The routes to the data port, in order of preference; absent = only host and port. */
  readonly routes?: readonly TopologyRoute[];
  /** The port of public routes whose component has no HTTP port of its own. With TLS it differs from the data port. */
  readonly publicPort: number;
  /** The public HTTP port of each component that has such a port; often the data port itself. */
  readonly doors: Readonly<Record<string, number>>;
  /** Ops port: health, metrics, state. */
  readonly opsPort: number;
}

/** A topology with every node named and addressed. */
export interface Topology {
  readonly name: string;
  readonly summary: string;
  readonly course?: string;
  readonly style: TopologyFile['style'];
  readonly policy: PolicyFile;
  /** Calls between nodes use mutual TLS. */
  readonly tls: boolean;
  /** The number of shards of the data. */
  readonly shards: number;
  readonly watchdogPort: number;
  readonly nodes: readonly TopologyNode[];
}

/** The nodes that host `component`. With `shard`, only those that hold this shard, or no shard at all. */
export function nodesHosting(topology: Topology, component: string, shard?: number): readonly TopologyNode[] {
  return topology.nodes.filter(
    (node) =>
      node.components.includes(component) && (shard === undefined || node.shard === undefined || node.shard === shard),
  );
}

/**
 * The regular nodes that host `component`, in parts: one for each shard of the database, one for other components. The
 * nodes of a part can stand in for each other. A node that holds a shard may also host components without data; for
 * these, all shards are one part.
 */
export function partsOf(topology: Pick<Topology, 'nodes'>, component: string): readonly (readonly TopologyNode[])[] {
  const hosts = topology.nodes.filter(
    ({ components, standby, idle }) => components.includes(component) && standby === undefined && !idle,
  );
  return [...Map.groupBy(hosts, ({ shard }) => (component === 'database' ? shard : undefined)).values()];
}

/** The port of the first public door of `component`; undefined where there is none. */
export function doorOf({ nodes }: Pick<Topology, 'nodes'>, component: string): number | undefined {
  return nodes.find(({ doors }) => doors[component] !== undefined)?.doors[component];
}

/** The ports of all public doors of these components, component by component. */
export function doorsOf({ nodes }: Pick<Topology, 'nodes'>, components: readonly string[]): readonly number[] {
  return components.flatMap((component) => nodes.flatMap(({ doors }) => doors[component] ?? []));
}

/**
 * The replica group of a node. The nodes of a replica group can stand in for each other: they are in one node group,
 * and hold the same shard if the group is sharded. (For a call: shared/rpc/group-key.ts.)
 */
export function replicaGroup({ group, shard }: Pick<TopologyNode, 'group' | 'shard'>): string {
  return shard === undefined ? group : `${group}/${shard}`;
}

/** The other nodes in the replica group of the node `id`: they do the same work. */
export function peersOf({ nodes }: Pick<Topology, 'nodes'>, id: string): readonly TopologyNode[] {
  const node = nodes.find((it) => it.id === id);
  return node ? nodes.filter((it) => replicaGroup(it) === replicaGroup(node) && it.id !== id) : [];
}

/** The nodes that run from the start: all except cold standbys and idle places. */
export function startedNodes({ nodes }: Pick<Topology, 'nodes'>): readonly TopologyNode[] {
  return nodes.filter(isStarted);
}

export const isStarted = ({ standby, idle }: TopologyNode): boolean => standby !== 'cold' && !idle;

/** The address of the watchdog of `node`: one watchdog for all nodes of a machine, or one per container. */
export function watchdogOf(
  topology: Pick<Topology, 'watchdogPort'>,
  node: Pick<TopologyNode, 'host'>,
): { readonly host: string; readonly port: number } {
  return { host: node.host, port: topology.watchdogPort };
}

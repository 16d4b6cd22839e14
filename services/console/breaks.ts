import { nodesHosting, type Topology, type TopologyNode } from '../../shared/cluster/topology.ts';
import { resolvePolicy } from '../../shared/rpc/policy.ts';
import { controlPlane } from '../../shared/cluster/control-plane.ts';

/** One button: a fault in plain words that ends by itself after at most half a minute. */
export interface Break {
  readonly name: string;
  readonly label: string;
  readonly explanation: string;
  /** The request to the chaos controller (FaultRequest). */
  readonly fault: { readonly kind: string; readonly params: Readonly<Record<string, unknown>>; readonly ttlMs: number };
}

/** The five ways to break a node, in the order of the course. */
export function breaksOf(node: TopologyNode, topology: Topology): readonly Break[] {
  const others = topology.nodes.map(({ id }) => id).filter((id) => id !== node.id);
  const ranks = node.components.includes('ranking');
  const lie = ranks
    ? 'results in a wrong order that looks right (Byzantine)'
    : 'wrong values, valid by the schema (Byzantine)';
  const isBelieved = others.length > 0 && isTakenAtItsWord(node, topology);
  return [
    {
      name: 'crash',
      label: 'Crash',
      explanation: 'killed, and down for 5 seconds (fail-stop)',
      fault: { kind: 'stop.kill', params: { downMs: 5_000 }, ttlMs: 10_000 },
    },
    {
      name: 'hang',
      label: 'Hang',
      explanation: 'stopped; its connections stay open, but it answers nothing',
      fault: { kind: 'stop.hang', params: {}, ttlMs: 15_000 },
    },
    {
      name: 'limp',
      label: 'Limp',
      explanation: 'every answer 400 ms late; its heartbeats stay normal',
      fault: { kind: 'limp.latency', params: { meanMs: 400 }, ttlMs: 30_000 },
    },
    {
      name: 'lie',
      label: 'Lie',
      explanation: isBelieved ? `${lie}; no vote checks its answers: users will see the lie` : lie,
      fault: { kind: ranks ? 'byz.rank' : 'byz.corrupt', params: {}, ttlMs: 30_000 },
    },
    {
      name: 'cut',
      label: 'Cut off',
      explanation: 'it runs, but no message reaches it or leaves it',
      fault: { kind: 'net.partition', params: { groups: [others, [node.id]] }, ttlMs: 20_000 },
    },
  ];
}

/** Whether other nodes pass the answers of the component on to users. */
const isForUsers = (component: string): boolean => component !== 'client' && !controlPlane.has(component);

/** Whether users see answers of this node that no vote checks. A lie that fits the schema then reaches users. */
function isTakenAtItsWord(node: TopologyNode, topology: Topology): boolean {
  const { quorum } = resolvePolicy(topology.policy);
  const isVotedOn = (component: string): boolean => {
    if (quorum === false || quorum.when === 'never') return false;
    const replicas = nodesHosting(topology, component, node.shard).filter(({ standby }) => standby === undefined);
    return (
      replicas.length > quorum.f && Object.keys(quorum.operations).some((name) => name.startsWith(`${component}.`))
    );
  };
  return node.components.some((component) => isForUsers(component) && !isVotedOn(component));
}

import { replicaGroup, type Topology, type TopologyNode } from '../../shared/cluster/topology.ts';
import { isNewer, readiness } from '../../shared/membership/fencing.ts';
import type { RepairOrder } from './repair-policy.ts';
import type { Promotion } from '../../shared/membership/view.ts';
import { isPossible } from './sender-checks.ts';
import type { FailureDetector } from './failure-detector.ts';

/**
 * Which node holds which role. A role belongs to the node that the topology gives it to, until a standby is promoted.
 * Then the node with the newest token holds it. The node that lost the role is a standby when it comes back.
 */
export interface Roles {
  readonly holds: (node: string) => boolean;
  /** Standbys that could take the role of `node`, the most ready first. */
  readonly waiting: (node: TopologyNode) => readonly string[];
  readonly promote: (order: RepairOrder & { do: 'promote' }) => Promotion;
  /**
   * Takes in promotions that other monitors, or an earlier life of this one, know. Impossible ones are ignored.
   */
  readonly learn: (promotions: readonly Promotion[]) => void;
  readonly promotions: () => readonly Promotion[];
  /** The newest token of any role that this monitor has heard of. */
  readonly newestToken: () => number;
}

export interface RolesOptions {
  readonly topology: Topology;
  readonly detector: Pick<FailureDetector, 'record'>;
  /** Whether this standby may be promoted: it has no bad verdict. */
  readonly isWell: (node: string) => boolean;
  readonly onChange: (promotion: Promotion) => void;
}

export function createRoles({ topology, detector, isWell, onChange }: RolesOptions): Roles {
  /** By the node that the topology gave the role to. */
  const current = new Map<string, Promotion>();
  const holders = (): Set<string> => new Set([...current.values()].map(({ node }) => node));

  /** The role that `node` holds or held: that of the topology, or the one it was promoted to. */
  const roleOf = (node: string): string => [...current].find(([, promotion]) => promotion.node === node)?.[0] ?? node;

  const newestToken = (): number =>
    Math.max(
      0,
      ...[...current.values()].map(({ token }) => token),
      ...topology.nodes.map(({ id }) => detector.record(id).token()),
    );

  function accept(role: string, promotion: Promotion): void {
    if (!isNewer(promotion, current.get(role))) return;
    current.set(role, promotion);
    onChange(promotion);
  }

  const holds = (id: string): boolean => {
    if (holders().has(id)) return true;
    const node = topology.nodes.find((it) => it.id === id);
    return node?.standby === undefined && !current.has(id);
  };

  return {
    holds,
    waiting: (node) =>
      topology.nodes
        .filter((it) => replicaGroup(it) === replicaGroup(node) && it.id !== node.id && !holds(it.id) && isWell(it.id))
        .map((it) => ({ id: it.id, rank: readiness(it.standby, detector.record(it.id).phase()) }))
        .sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1))
        .map((it) => it.id),
    promote({ node, instead }) {
      const token = 1 + newestToken();
      const role = roleOf(instead);
      // `instead` names the role, not its last holder, because a node that returns must find out whether its own role
      // is taken.
      const promotion = { node, instead: role, token };
      accept(role, promotion);
      return promotion;
    },
    learn(promotions) {
      const newest = newestToken();
      for (const promotion of promotions)
        if (isPossible(promotion, topology, newest)) accept(promotion.instead, promotion);
    },
    promotions: () => [...current.values()],
    newestToken,
  };
}

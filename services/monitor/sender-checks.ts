import { nodesHosting, replicaGroup, type Topology } from '../../shared/cluster/topology.ts';
import type { Promotion } from '../../shared/membership/view.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import type { Digest, Heartbeat } from './contract.ts';

export interface SenderChecks {
  /** Throws `forbidden` for a heartbeat that cannot be true, although its sender is genuine (heartbeat-receiver.ts). */
  readonly checkBeat: (beat: Heartbeat) => void;
  /**
   * Throws `forbidden` for a digest that no other monitor of this cluster can have sent. `caller`: the node that
   * called, where that is known.
   */
  readonly checkDigest: (digest: Digest, caller: string | undefined) => void;
}

export interface SenderChecksOptions {
  readonly monitor: string;
  readonly topology: Topology;
  /**
   * The greatest incarnation that a watchdog can have given. A digest that names a greater incarnation of a node is
   * refused. If it were believed, every later process of the node would look older than the false incarnation.
   */
  readonly greatestIncarnation: number;
  /** The newest token of any role. */
  readonly newestToken: () => number;
}

/**
 * Messages to a monitor decide about processes and roles, so each message counts only from a node that may send it.
 * This checks the sender of a message, not whether its content is right.
 */
export function createSenderChecks({
  monitor,
  topology,
  greatestIncarnation,
  newestToken,
}: SenderChecksOptions): SenderChecks {
  const otherMonitors = new Set(nodesHosting(topology, 'monitor').flatMap(({ id }) => (id === monitor ? [] : id)));

  function checkSpeaker(speaker: string, caller: string | undefined): void {
    if (!otherMonitors.has(speaker))
      throw new RpcError('forbidden', `${speaker.slice(0, 80)} is not another monitor of this topology`);
    if (caller !== undefined && caller !== speaker)
      throw new RpcError('forbidden', `${caller.slice(0, 80)} speaks in the name of ${speaker}`);
  }

  return {
    checkBeat(beat) {
      if (!isNear(beat.token ?? 0, newestToken()))
        throw new RpcError('forbidden', `${beat.node} shows a token that nobody can have given`);
    },
    checkDigest({ monitor: speaker, members, orders }, caller) {
      checkSpeaker(speaker, caller);
      const wrong = [...members, ...orders].find(({ incarnation }) => incarnation > greatestIncarnation);
      if (wrong)
        throw new RpcError(
          'forbidden',
          `${wrong.node.slice(0, 80)} is said to have an incarnation that nobody can have given`,
        );
    },
  };
}

/** More promotions than can happen while a monitor is away. Still so few that one lie cannot use up all tokens. */
const tokenRoom = 1_000_000;

const isNear = (token: number, newest: number): boolean => token <= newest + tokenRoom;

/**
 * Whether a promotion is possible: a node takes a role of its own replica group, perhaps the one that it had lost.
 */
export function isPossible({ node, instead, token }: Promotion, { nodes }: Topology, newestToken: number): boolean {
  const [successor, role] = [node, instead].map((id) => nodes.find((it) => it.id === id));
  if (!successor || !role) return false;
  return replicaGroup(successor) === replicaGroup(role) && isNear(token, newestToken);
}

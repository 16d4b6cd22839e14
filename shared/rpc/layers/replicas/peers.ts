import type { Clock } from '../../../time/clock.ts';
import type { Call } from '../../call.ts';
import { groupKey } from '../../group-key.ts';
import { type Ejection, neverEjected } from './ejection.ts';

/**
 * A latency estimate that rises at once with a slow answer, and falls slowly (peak EWMA: exponentially weighted moving
 * average). `costMs` is the estimate at the time `stampMs`. `raisedAt` is the last time when a failure raised the
 * estimate; undefined = no failure did.
 */
export interface PeakEwma {
  costMs: number;
  stampMs: number;
  raisedAt?: number;
}

export interface SentAttempt {
  readonly sentAt: number;
}

/**
 * Everything that this node knows about one replica of a component, from its own calls. Each part has one owner that
 * writes it; all layers may read it.
 */
export interface Peer {
  readonly node: string;
  /** The process that this record is about; 0 = not known yet. Owner: this file. */
  readonly incarnation: number;
  /** Attempts sent and not yet answered, oldest first. Owner: attempts.ts. */
  readonly underWay: Set<SentAttempt>;
  /** Latency estimates by operation. Owner: peak-ewma.ts. */
  readonly latency: Map<string, PeakEwma>;
  /** Whether `balance` may choose the replica. Owner: ejection.ts. */
  readonly ejection: Ejection;
}

/** The known replicas of one group (`groupKey`). */
export interface PeerGroup {
  readonly component: string;
  /** A process that is newer than the known one gets a new record: a repaired node starts anew, with slow start. */
  get(node: string, incarnation?: number): Peer;
  readonly peers: ReadonlyMap<string, Peer>;
}

export interface Peers {
  group(call: Pick<Call, 'component' | 'shard'>): PeerGroup;
  groups(): Iterable<PeerGroup>;
}

export function createPeers(clock: Clock): Peers {
  const groups = new Map<string, PeerGroup>();
  return {
    group: (call) => groups.getOrInsertComputed(groupKey(call), () => createGroup(call.component, clock)),
    groups: () => groups.values(),
  };
}

function createGroup(component: string, clock: Clock): PeerGroup {
  const peers = new Map<string, Peer & { incarnation: number }>();
  return {
    component,
    peers,
    get(node, incarnation = 0) {
      let peer = peers.get(node);
      if (!peer || (peer.incarnation > 0 && incarnation > peer.incarnation))
        peers.set(node, (peer = createPeer(node, clock.now(), incarnation)));
      else if (peer.incarnation === 0) peer.incarnation = incarnation;
      return peer;
    },
  };
}

export function createPeer(node: string, now: number, incarnation = 0): Peer {
  return { node, incarnation, underWay: new Set(), latency: new Map(), ejection: neverEjected(now) };
}

/** Whether more than half of the replica's calls under way have waited longer than `usualMs`. */
export function isLate({ underWay }: Peer, now: number, usualMs: number): boolean {
  let late = 0;
  for (const { sentAt } of underWay) {
    if (now - sentAt <= usualMs) break;
    late++;
  }
  return late > underWay.size / 2;
}

import type { Clock } from '../../time/clock.ts';
import type { Call } from '../call.ts';
import { groupKey } from '../group-key.ts';

/** A latency estimate: peak-sensitive, exponentially decaying. `costMs` was true at `stampMs`. */
export interface PeakEwma {
  costMs: number;
  stampMs: number;
}

export interface Attempt {
  readonly sentAt: number;
}

/** What this node knows of one replica of a component, from its own calls. Shared by the layers that choose and guard endpoints. */
export interface Peer {
  readonly node: string;
  /** Of the process that all this is about; 0 = not known yet. */
  incarnation: number;
  /** Attempts sent and not yet answered, oldest first. */
  readonly underWay: Set<Attempt>;
  /** Not before then is it chosen again (ms on the clock); 0 = never ejected. */
  ejectedUntil: number;
  /** When it was first seen, or is back from ejection: slow start counts from here. */
  admittedAt: number;
  /** By operation. */
  readonly latency: Map<string, PeakEwma>;
  /** Attempts that failed by its fault since its last answer. */
  failures: number;
  /** Attempts that were given up before it answered, since its last answer. */
  unanswered: number;
  /** Since when it owes an answer: its last answer, or the first attempt since then that got none. */
  silentSince: number;
  /** How often it was ejected lately: makes the next ejection longer, and wears off. */
  ejections: number;
  /** Latency relative to the operation's median, of the newest answers. */
  readonly ratios: number[];
  /** In how many of the last windows it was far slower than its peers. */
  slowWindows: number;
}

/** The replicas that can stand in for each other: those of one component, of one shard where it is sharded. */
export interface PeerGroup {
  readonly component: string;
  /** A process that is newer than the one known is a peer of its own: a repaired node begins anew, slowly. */
  get(node: string, incarnation?: number): Peer;
  readonly peers: ReadonlyMap<string, Peer>;
  /** When the current window for comparing peers began. */
  windowAt: number;
}

export interface Peers {
  group(call: Pick<Call, 'component' | 'shard'>): PeerGroup;
  groups(): Iterable<PeerGroup>;
}

export function createPeers(clock: Clock): Peers {
  const groups = new Map<string, PeerGroup>();
  return {
    group(call) {
      const key = groupKey(call);
      let group = groups.get(key);
      if (!group) groups.set(key, (group = createGroup(call.component, clock)));
      return group;
    },
    groups: () => groups.values(),
  };
}

function createGroup(component: string, clock: Clock): PeerGroup {
  const peers = new Map<string, Peer>();
  return {
    component,
    peers,
    windowAt: clock.now(),
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
  return {
    node,
    incarnation,
    underWay: new Set(),
    ejectedUntil: 0,
    admittedAt: now,
    latency: new Map(),
    failures: 0,
    unanswered: 0,
    silentSince: now,
    ejections: 0,
    ratios: [],
    slowWindows: 0,
  };
}

/** Whether more than half of what it was asked has been waiting for longer than `usualMs`. */
export function isLate({ underWay }: Peer, now: number, usualMs: number): boolean {
  let late = 0;
  for (const { sentAt } of underWay) {
    if (now - sentAt <= usualMs) break;
    late++;
  }
  return late > underWay.size / 2;
}

/** Out of the choice until then; what was held against it is forgotten, so that it begins anew. */
export function ejectPeer(peer: Peer, until: number): void {
  peer.ejections++;
  peer.ejectedUntil = until;
  peer.admittedAt = until;
  peer.silentSince = until;
  peer.failures = 0;
  peer.unanswered = 0;
  peer.slowWindows = 0;
  peer.ratios.length = 0;
}

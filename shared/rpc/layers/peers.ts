import type { Clock } from '../../time/clock.ts';

/** A latency estimate: peak-sensitive, exponentially decaying. `costMs` was true at `stampMs`. */
export interface PeakEwma {
  costMs: number;
  stampMs: number;
}

/** What this node knows of one replica of a component, from its own calls. Shared by the layers that choose and guard endpoints. */
export interface Peer {
  readonly component: string;
  readonly node: string;
  /** Attempts sent and not yet answered. */
  inFlight: number;
  /** Not before then is it chosen again (ms on the clock); 0 = never ejected. */
  ejectedUntil: number;
  /** When it was first seen, or came back from ejection: slow start counts from here. */
  admittedAt: number;
  /** By operation. */
  readonly latency: Map<string, PeakEwma>;
}

export interface Peers {
  get(component: string, node: string): Peer;
  of(component: string): Iterable<Peer>;
}

export function createPeers(clock: Clock): Peers {
  const byComponent = new Map<string, Map<string, Peer>>();
  const peersOf = (component: string) => {
    let peers = byComponent.get(component);
    if (!peers) byComponent.set(component, (peers = new Map()));
    return peers;
  };
  return {
    get(component, node) {
      const peers = peersOf(component);
      let peer = peers.get(node);
      if (!peer) {
        peer = { component, node, inFlight: 0, ejectedUntil: 0, admittedAt: clock.now(), latency: new Map() };
        peers.set(node, peer);
      }
      return peer;
    },
    of: (component) => peersOf(component).values(),
  };
}

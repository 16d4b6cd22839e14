import type { Clock } from '../../../time/clock.ts';
import { tolerated } from '../../../tolerated.ts';
import type { Call, Endpoint } from '../../call.ts';
import { groupKey } from '../../group-key.ts';
import type { Observe } from '../events.ts';
import { eject } from '../replicas/ejection.ts';
import type { Peers } from '../replicas/peers.ts';

/**
 * A liar stays out of the choice for this long; each further lie makes the time longer by this amount. Its answers are
 * wrong, not late, so there is no hurry to try it again.
 */
const baseMs = 30_000;
const maxMs = 300_000;

export interface Liars {
  /**
   * Reports that `node` lied. Its group is then under suspicion, and `node` is out of the choice at once. Exception: it
   * stays if the group does not tolerate that one more replica is out (shared/tolerated.ts).
   */
  readonly accuse: (call: Call, node: string) => void;
  /**
   * Whether a replica that could answer this call was caught in the last `forMs`. False once all caught replicas have
   * left the endpoints (quarantine): no known liar can answer then.
   */
  readonly suspected: (call: Call, forMs: number) => boolean;
}

export interface LiarsDependencies {
  readonly clock: Clock;
  readonly peers: Peers;
  readonly endpoints: (component: string, shard?: number) => readonly Endpoint[];
  readonly observe: Observe;
}

/** The liars that this node knows from its own calls. The layers that catch liars share it. */
export function createLiars({ clock, peers, endpoints, observe }: LiarsDependencies): Liars {
  /** When each liar was last caught, by replica group. */
  const caught = new Map<string, Map<string, number>>();

  function takeOut(call: Call, node: string, now: number): void {
    const group = peers.group(call);
    const peer = group.get(node);
    // The lie came from a process that has been replaced since.
    if (call.endpoint?.node === node && (call.endpoint.incarnation ?? Infinity) < peer.incarnation) return;
    const replicas = endpoints(call.component, call.shard);
    const out = replicas.filter((other) => other.node !== node && group.get(other.node).ejection.until > now).length;
    if (peer.ejection.until > now || out >= tolerated(replicas.length)) return;
    const forMs = Math.min(maxMs, baseMs * (peer.ejection.count + 1));
    eject(peer.ejection, now + forMs);
    observe({ event: 'ejected', component: call.component, node, why: 'lying', forMs });
  }

  return {
    accuse(call, node) {
      const now = clock.now();
      const key = groupKey(call);
      const group = caught.get(key) ?? new Map<string, number>();
      caught.set(key, group.set(node, now));
      takeOut(call, node, now);
    },
    suspected(call, forMs) {
      if (caught.size === 0) return false;
      const key = groupKey(call);
      const group = caught.get(key);
      if (!group) return false;
      const now = clock.now();
      const replicas = endpoints(call.component, call.shard);
      for (const [node, at] of group) {
        if (now - at >= forMs || !replicas.some((replica) => replica.node === node)) group.delete(node);
      }
      if (group.size === 0) caught.delete(key);
      return group.size > 0;
    },
  };
}

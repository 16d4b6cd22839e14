import { type AttemptPlan, wasAsked } from '../../attempt-plan.ts';
import type { Peer } from '../replicas/peers.ts';

export interface Candidates {
  /** Indices into the replicas. */
  readonly indices: readonly number[];
  /** Too many replicas are ejected. Ejections are ignored, because the remaining replicas would be overloaded. */
  readonly panic: boolean;
}

/**
 * The replicas that an attempt may go to. Ejected replicas are left out. Replicas that the same plan has already asked
 * are also left out, as long as there are other replicas. In a `distinct` plan, no replica may be asked twice. Such a
 * plan takes an ejected replica instead. The result is empty when all replicas of a `distinct` plan were asked.
 */
export function candidates(
  peers: readonly Peer[],
  plan: AttemptPlan | undefined,
  now: number,
  panicShare: number,
): Candidates {
  const distinct = plan?.distinct === true;
  const admitted: number[] = [];
  const fresh: number[] = [];
  for (let i = 0; i < peers.length; i++) {
    const peer = peers[i]!;
    if (peer.ejection.until > now) continue;
    admitted.push(i);
    if (!wasAsked(plan, peer.node)) fresh.push(i);
  }
  if (admitted.length >= panicShare * peers.length && admitted.length > 0) {
    if (fresh.length > 0) return { indices: fresh, panic: false };
    if (!distinct) return { indices: admitted, panic: false };
  }
  const all = peers.map((_, i) => i);
  const rest = all.filter((i) => !wasAsked(plan, peers[i]!.node));
  const panic = admitted.length === 0 || admitted.length < panicShare * peers.length;
  return { indices: rest.length > 0 || distinct ? rest : all, panic };
}

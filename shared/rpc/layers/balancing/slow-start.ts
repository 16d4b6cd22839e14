import type { Random } from '../../../time/random.ts';
import type { Peer } from '../replicas/peers.ts';

/**
 * The share of the load for a replica that was admitted `ageMs` ago, in [0.1, 1]. It grows linearly (Envoy's slow
 * start, aggression 1, minimum 10%).
 */
export function slowStartShare(ageMs: number, slowStartMs: number): number {
  if (ageMs >= slowStartMs) return 1;
  return Math.max(0.1, ageMs / slowStartMs);
}

/**
 * The members of `indices` that take part in one choice. A new replica takes part only in its share of the choices.
 * Shares are relative to the largest share: if all replicas are new, all take part.
 */
export function takingPart(
  indices: readonly number[],
  peers: readonly Peer[],
  now: number,
  slowStartMs: number,
  random: Random,
): readonly number[] {
  const isNew = (i: number) => now - peers[i]!.ejection.admittedAt < slowStartMs;
  if (!indices.some(isNew)) return indices;
  const shares = indices.map((i) => slowStartShare(now - peers[i]!.ejection.admittedAt, slowStartMs));
  const largest = Math.max(...shares);
  return indices.filter((_, at) => shares[at] === largest || random.next() * largest < shares[at]!);
}

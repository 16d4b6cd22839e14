import type { Random } from '../../time/random.ts';
import type { Peer } from './peers.ts';

/**
 * Share of the load that a replica admitted `ageMs` ago gets, in [0.1, 1]: linear (Envoy's slow start, aggression 1,
 * minimum 10%).
 */
export function slowStartShare(ageMs: number, slowStartMs: number): number {
  if (ageMs >= slowStartMs) return 1;
  return Math.max(0.1, ageMs / slowStartMs);
}

/**
 * Which of `indices` take part in one choice: a replica that has just been admitted does so in its share of the
 * choices. A weight on its calls under way would not do: with one call at a time it would get nothing, with many at
 * once everything. Shares are relative to the largest, so that replicas that are all new do not wait for each other.
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

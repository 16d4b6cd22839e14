import type { Peer } from './peers.ts';

export interface Usable {
  /** Indices into the replicas; never empty when there are any. */
  readonly indices: readonly number[];
  /** Too many are ejected: ejections are ignored, because those left would be overrun. */
  readonly panic: boolean;
}

/** Which replicas an attempt may go to: not ejected, and not tried before while there are others. */
export function usablePeers(
  peers: readonly Peer[],
  tried: readonly string[] | undefined,
  now: number,
  panicShare: number,
): Usable {
  const admitted: number[] = [];
  const untried: number[] = [];
  for (let i = 0; i < peers.length; i++) {
    const peer = peers[i]!;
    if (peer.ejectedUntil > now) continue;
    admitted.push(i);
    if (!tried?.includes(peer.node)) untried.push(i);
  }
  if (admitted.length >= panicShare * peers.length && admitted.length > 0) {
    return { indices: untried.length > 0 ? untried : admitted, panic: false };
  }
  const all = peers.map((_, i) => i);
  const rest = all.filter((i) => !tried?.includes(peers[i]!.node));
  return { indices: rest.length > 0 ? rest : all, panic: true };
}

/** Share of the load that a replica admitted `ageMs` ago gets, in [0.1, 1]: linear (Envoy's slow start, aggression 1, minimum 10%). */
export function slowStartShare(ageMs: number, slowStartMs: number): number {
  if (ageMs >= slowStartMs) return 1;
  return Math.max(0.1, ageMs / slowStartMs);
}

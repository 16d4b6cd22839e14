import type { Peer } from './peers.ts';

export interface Usable {
  /** Indices into the replicas. */
  readonly indices: readonly number[];
  /** Too many are ejected: ejections are ignored, because those left would be overrun. */
  readonly panic: boolean;
}

/**
 * Which replicas an attempt may go to: not ejected, and not tried before while there are others. `distinct`: not tried before, and
 * rather ejected; none where all were tried.
 */
export function usablePeers(
  peers: readonly Peer[],
  tried: readonly string[] | undefined,
  now: number,
  panicShare: number,
  distinct = false,
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
    if (untried.length > 0) return { indices: untried, panic: false };
    if (!distinct) return { indices: admitted, panic: false };
  }
  const all = peers.map((_, i) => i);
  const rest = all.filter((i) => !tried?.includes(peers[i]!.node));
  const panic = admitted.length === 0 || admitted.length < panicShare * peers.length;
  return { indices: rest.length > 0 || distinct ? rest : all, panic };
}

/** Share of the load that a replica admitted `ageMs` ago gets, in [0.1, 1]: linear (Envoy's slow start, aggression 1, minimum 10%). */
export function slowStartShare(ageMs: number, slowStartMs: number): number {
  if (ageMs >= slowStartMs) return 1;
  return Math.max(0.1, ageMs / slowStartMs);
}

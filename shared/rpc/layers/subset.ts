import { hash32 } from '../../time/random.ts';
import type { Endpoint } from '../call.ts';

/**
 * The replicas that this caller uses, `size` of them: with many callers and many replicas, not everybody needs a connection to
 * everybody
 * (Google SRE book, ch. 20). Rendezvous hashing (Thaler & Ravishankar, 1998): when a replica comes or goes, only those who use
 * it notice. Chosen by
 * hash, so the replicas get about, not exactly, the same number of callers. `size` 0 = all.
 */
export function subset(replicas: readonly Endpoint[], caller: string, size: number): readonly Endpoint[] {
  if (size === 0 || replicas.length <= size) return replicas;
  const score = ({ node }: Endpoint) => hash32(`${caller}/${node}`);
  return replicas.toSorted((a, b) => score(b) - score(a) || (a.node < b.node ? -1 : 1)).slice(0, size);
}

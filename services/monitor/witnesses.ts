import type { CallerEvidence, NodeSelf } from './evidence.ts';
import { thresholds } from './thresholds.ts';

/**
 * A caller that also loses its calls to the node's peers has trouble of its own: its network, its deadlines, or its own
 * slowness. Its lost calls say nothing about this node. A refused connection still counts, unless the node's ops port
 * answers.
 */
export function withoutOwnTrouble(callers: readonly CallerEvidence[], opsPort: string | undefined): CallerEvidence[] {
  return callers.map((caller) => {
    const { peersLostShare = 0 } = caller;
    if (peersLostShare < thresholds.badShare || lostShare(caller) >= thresholds.slowRatio * peersLostShare)
      return caller;
    const calls = caller.ok + caller.shed + (opsPort === 'answers' ? 0 : caller.refused);
    return {
      ...caller,
      calls,
      timeouts: 0,
      partial: 0,
      resets: 0,
      unanswered: 0,
      unansweredBeats: 0,
      ejected: 0,
      ...(opsPort === 'answers' && { refused: 0 }),
    };
  });
}

/**
 * The share of a caller's calls to one node that failed. A call that was given up early counts only if the node
 * answered no call of this caller.
 */
export function lostShare(
  of: Pick<CallerEvidence, 'calls' | 'ok' | 'timeouts' | 'partial' | 'refused' | 'resets' | 'unanswered'>,
): number {
  const lost = of.timeouts + of.refused + of.resets + (of.ok === 0 ? of.unanswered : 0);
  return of.calls === 0 ? 0 : Math.max(lost, of.partial) / of.calls;
}

/** By its own report, the node takes far longer for its calls than its peers report of themselves. */
export const admitsSlowness = (selfRatio = 0): boolean => selfRatio >= thresholds.slowRatio;

/** By its own report most of the calls that reached it are not over: they were neither answered nor given up. */
export function sitsOnCalls(self: NodeSelf | undefined): boolean {
  return self !== undefined && self.received >= thresholds.minCalls && self.ended < self.received / 2;
}

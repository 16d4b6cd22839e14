import type { Verdict } from '../../../../shared/membership/verdict.ts';
import type { CallerEvidence, NodeEvidence, NodeSelf, Observer } from '../../../../services/monitor/evidence.ts';
import { noEvidence } from '../../../../shared/membership/call-evidence.ts';

export const calm: Observer = { lagMs: 1, typicalLagMs: 1, silentShare: 0.05 };
export const beating = { phi: 0.4, conflictingBeats: 0 };
export const silent = { phi: 12, conflictingBeats: 0 };

export const callerEvidence = (caller: string, more: Partial<CallerEvidence> = {}): CallerEvidence => {
  const { proofs: _, ...zero } = noEvidence;
  const all = { ...zero, unansweredBeats: 0, okLately: more.ok ?? 0, okSinceRefusal: more.ok ?? 0, ...more };
  const calls = all.ok + all.timeouts + all.refused + all.resets + all.shed + all.unanswered;
  return { caller, calls, ...all };
};
export const self = (ownLagMs: number, received: number, answered: number, meanMs: number): NodeSelf => ({
  ownLagMs,
  received,
  present: received,
  answered,
  ended: answered,
  timed: answered,
  meanMs,
});
export const both = (more: Partial<CallerEvidence>) => [callerEvidence('app-1', more), callerEvidence('app-2', more)];
export const busy = both({ ok: 50, latencyRatio: 1 });

export interface Case {
  readonly is: string;
  readonly evidence: Partial<NodeEvidence>;
  readonly observer?: Partial<Observer>;
  readonly verdict: Verdict;
  readonly reason?: RegExp;
}

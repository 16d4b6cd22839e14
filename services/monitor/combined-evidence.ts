import { lowerMedian } from '../../shared/quantile.ts';
import type { CallerEvidence } from './evidence.ts';
import { thresholds } from './thresholds.ts';

type Counts = Omit<CallerEvidence, 'caller' | 'latencyRatio' | 'fastestRatio' | 'peersLostShare'>;

/** The evidence of all callers about one node, combined. */
export interface CombinedEvidence extends Counts {
  /** The lower median over the callers, so that one caller that is slow itself does not decide. */
  readonly latencyRatio: number | undefined;
  /** The least over the callers: one fast answer to any caller shows that the node does not limp. */
  readonly fastestRatio: number;
  /** The number of callers that lose nearly all calls, and of callers that lose hardly any. */
  readonly complaining: number;
  readonly content: number;
}

/** Combines the evidence of the callers. */
export function combine(callers: readonly CallerEvidence[]): CombinedEvidence {
  const total = (member: keyof Counts) => callers.reduce((sum, c) => sum + c[member], 0);
  const ratios = callers.flatMap(({ latencyRatio }) => latencyRatio ?? []);
  const lost = ({ ok, timeouts, unanswered, resets, calls }: CallerEvidence) =>
    (timeouts + resets + (ok === 0 ? unanswered : 0)) / calls;
  const seen = callers.filter(({ calls }) => calls >= thresholds.minCalls);
  return {
    calls: total('calls'),
    ok: total('ok'),
    timeouts: total('timeouts'),
    partial: total('partial'),
    unanswered: total('unanswered'),
    refused: total('refused'),
    resets: total('resets'),
    shed: total('shed'),
    invalid: total('invalid'),
    lostVotes: total('lostVotes'),
    ejected: total('ejected'),
    okLately: total('okLately'),
    okSinceRefusal: total('okSinceRefusal'),
    unansweredBeats: total('unansweredBeats'),
    fastestRatio: Math.min(...callers.map(({ fastestRatio = Infinity }) => fastestRatio)),
    latencyRatio: ratios.length === 0 ? undefined : lowerMedian(ratios),
    complaining: seen.filter((caller) => lost(caller) >= 0.9).length,
    content: seen.filter((caller) => lost(caller) < thresholds.badShare).length,
  };
}

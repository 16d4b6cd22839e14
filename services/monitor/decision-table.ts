import type { Verdict } from '../../shared/membership/verdict.ts';
import { doubtsItself, type NodeEvidence, type Observer } from './evidence.ts';
import { type CombinedEvidence, combine } from './combined-evidence.ts';
import { thresholds } from './thresholds.ts';
import { admitsSlowness, lostShare, sitsOnCalls, withoutOwnTrouble } from './witnesses.ts';

export interface Diagnosis {
  readonly node: string;
  readonly verdict: Verdict;
  /** Sentences for people, the decisive one first. */
  readonly reasons: readonly string[];
}

type Rule = (evidence: NodeEvidence, sum: CombinedEvidence, observer: Observer) => [Verdict, string] | undefined;

/**
 * Pure: names what is wrong with a node. The first rule that fits decides. Lies come first, because a liar looks
 * healthy in every other way. Silence comes second. Bad service of a node with healthy heartbeats (a gray failure)
 * comes last.
 */
export function diagnose(evidence: NodeEvidence, observer: Observer): Diagnosis {
  const callers = withoutOwnTrouble(evidence.callers, evidence.opsPort);
  const sum = combine(callers);
  for (const rule of rules) {
    const found = rule({ ...evidence, callers }, sum, observer);
    if (found)
      return { node: evidence.node, verdict: found[0], reasons: [found[1], ...background(evidence, observer)] };
  }
  return { node: evidence.node, verdict: 'healthy', reasons: background(evidence, observer) };
}

const proven: Rule = ({ proofs }) =>
  proofs > 0
    ? [
        'lying',
        proofs === 1
          ? 'two signed answers of it contradict each other'
          : `${proofs} pairs of signed answers of it contradict each other`,
      ]
    : undefined;

const twins: Rule = ({ heartbeats: { conflictingBeats } }) =>
  conflictingBeats >= thresholds.conflictingBeats
    ? ['lying', `${conflictingBeats} heartbeats in its name that one process could not have sent`]
    : undefined;

/** The accuser itself may lie: two callers must agree, unless the node has only one. */
const accused: Rule = ({ callers }, { invalid, lostVotes }) => {
  const accusers = callers.filter((caller) => caller.invalid + caller.lostVotes > 0).length;
  const enough = accusers > 1 ? thresholds.minSharedLies : thresholds.minLies;
  if (invalid + lostVotes < enough || accusers < Math.min(2, callers.length)) return undefined;
  return [
    'lying',
    `${lostVotes} lost votes and ${invalid} invalid replies, by ${accusers} of ${callers.length} callers`,
  ];
};

const exited: Rule = ({ process }) => (process === 'exited' ? ['crashed', 'its process has exited'] : undefined);

/** It was killed and started again before anybody could suspect it. */
const restartedUnannounced: Rule = ({ heartbeats }) =>
  heartbeats.restartedUnannounced
    ? ['crashed', 'a new process sends its heartbeats, and the old process never said that it was leaving']
    : undefined;

const refusing: Rule = ({ opsPort }, { calls, refused, okSinceRefusal }) => {
  if (refused >= Math.min(2, calls) && refused > 0 && okSinceRefusal === 0) {
    const alive = opsPort === 'answers' ? ', although its process is alive' : '';
    return ['crashed', `nobody gets a connection (${refused} refused)${alive}`];
  }
  return opsPort === 'refused' ? ['crashed', 'its ops port refuses connections'] : undefined;
};

const silent: Rule = (
  { heartbeats: { phi = 0, silentMs = Infinity }, otherMonitors, opsPort, process },
  { okLately, timeouts },
  observer,
) => {
  if (phi < thresholds.phi) return undefined;
  const silence = `heartbeats are missing (${inWords(phi)})`;
  if (otherMonitors === 'hear it') return ['partitioned', `${silence}, but another monitor hears it`];
  if (okLately > 0) return ['partitioned', `${silence}, but it answers ${okLately} calls`];
  if (opsPort === 'answers') return ['partitioned', `${silence}, but its ops port answers`];
  const maxSilentMs =
    thresholds.silentMs + Math.min(thresholds.maxLagWaitMs, thresholds.lagWait * observer.typicalLagMs);
  if (doubtsItself(observer) || silentMs < maxSilentMs) return undefined;
  if (process === 'unreachable') return ['crashed', `${silence}, and its watchdog does not answer either`];
  if (opsPort === 'silent' || process === 'running' || timeouts > 0)
    return ['hung', `${silence}, connections are accepted, and nothing answers`];
  return ['crashed', `${silence}, and there is no other evidence`];
};

/** A node that waits for a node in trouble refuses calls because of that node, so it is not overloaded itself. */
const shedding: Rule = ({ waitsFor }, { calls, shed }) =>
  waitsFor === undefined && calls >= thresholds.minCalls && shed / calls >= thresholds.badShare
    ? ['overloaded', `it turns away ${percent(shed / calls)} of its calls`]
    : undefined;

/** It waits for a node in trouble, or its calls take long because it gets far more of them than its peers. */
const isExcused = ({ waitsFor, answeredRatio = 0 }: NodeEvidence): boolean =>
  waitsFor !== undefined || answeredRatio >= thresholds.busyRatio;

/** Replies that arrive late or piece by piece. From this rule on the heartbeats are healthy. */
const slow: Rule = (evidence, { calls, ok, latencyRatio, fastestRatio, partial }, { typicalLagMs }) => {
  const { callers, self, selfRatio } = evidence;
  if (calls < thresholds.minCalls) return undefined;
  if (partial / calls >= thresholds.badShare) return ['limping', `${percent(partial / calls)} of its replies trickle`];
  // Without a single answer nobody knows whether it is slow or out of reach.
  if (ok === 0 || typicalLagMs >= thresholds.commonLagMs) return undefined;
  // Balancers avoid a replica that was slow once, and ask it again when all are slow. So a healthy replica may give
  // many slow answers and few fast ones. One fast answer is enough to show that it does not limp.
  const isSlow = latencyRatio !== undefined && latencyRatio >= thresholds.slowRatio;
  const witnesses = callers.filter(({ latencyRatio: ratio = 0 }) => ratio >= thresholds.slowRatio).length;
  const isProven = witnesses >= 2 || admitsSlowness(selfRatio);
  if (isSlow && isProven && fastestRatio >= thresholds.neverFasterRatio && !isExcused(evidence))
    return ['limping', `${latencyRatio.toFixed(1)} times as slow as its peers`];
  return self && self.ownLagMs >= Math.max(thresholds.nodeLagMs, thresholds.lagRatio * typicalLagMs)
    ? ['limping', `its main loop lags by ${self.ownLagMs.toFixed(0)} ms`]
    : undefined;
};

/** Calls that vanish or break: the network lost them or their answers, or the node does not answer them. */
const vanishing: Rule = (evidence, sum) => {
  const { callers, self, selfRatio } = evidence;
  const { calls, ok, timeouts: late, unanswered, unansweredBeats, resets, complaining, content } = sum;
  // Where other replicas always answer first, no call to this one lasts until its timeout.
  const timeouts = late + (ok === 0 && unansweredBeats >= thresholds.unansweredBeats ? unanswered : 0);
  const lost = timeouts + resets;
  const witnesses = callers.filter((caller) => lostShare(caller) >= thresholds.badShare).length;
  if (calls < thresholds.minCalls || lost / calls < thresholds.badShare) return undefined;
  if (witnesses < 2 && !callers.some((caller) => lostShare(caller) >= thresholds.soleBadShare)) return undefined;
  const share = percent(lost / calls);
  if (resets > timeouts) return ['partitioned', `${share} of its connections break`];
  if (complaining > 0 && content > 0) return ['partitioned', `${complaining} callers cannot reach it, ${content} can`];
  // A call that timed out in the window may have reached the node before the window began.
  if (self && self.present < timeouts / 2) return ['partitioned', `${share} of its calls never reach it`];
  const answersAll = self !== undefined && self.received > 0 && self.answered >= self.received * 0.9;
  if (answersAll && self.meanMs < thresholds.nodeLagMs)
    return ['partitioned', `it answered ${self.answered} calls, ${share} of the answers never arrived`];
  const isProven = witnesses >= 2 || admitsSlowness(selfRatio) || sitsOnCalls(self);
  if (isExcused(evidence) || !isProven) return undefined;
  return ['limping', `${share} of its calls run into their deadline`];
};

/** Callers eject a slow replica within seconds, and then have nothing more to report about it. */
const avoided: Rule = (evidence, { calls, fastestRatio }, { typicalLagMs }) => {
  const { callers, self, selfRatio } = evidence;
  const avoiding = callers.filter(({ ejected }) => ejected > 0).length;
  // When nobody calls the node any more, there is no new evidence.
  if (avoiding === 0 || calls === 0) return undefined;
  // One caller is no witness against a node: it may be slow itself, or have met the node in its only bad moment.
  if (avoiding < 2 && !admitsSlowness(selfRatio)) return undefined;
  if (self?.present === 0) return ['partitioned', 'its calls never reach it'];
  if (isExcused(evidence) || typicalLagMs >= thresholds.commonLagMs || fastestRatio < thresholds.neverFasterRatio)
    return undefined;
  const share = `${avoiding} of ${callers.length} callers`;
  return ['limping', `${share} avoid it, because they found it silent or far slower than its peers`];
};

const rules: readonly Rule[] = [
  proven,
  twins,
  accused,
  exited,
  restartedUnannounced,
  refusing,
  silent,
  shedding,
  slow,
  vanishing,
  avoided,
];

function background({ heartbeats: { phi }, waitsFor }: NodeEvidence, observer: Observer): string[] {
  const reasons: string[] = [];
  if (phi !== undefined && phi >= 1) reasons.push(inWords(phi));
  if (waitsFor !== undefined) reasons.push(`it waits for ${waitsFor}`);
  if (observer.lagMs >= thresholds.observerLagMs)
    reasons.push(`this monitor lags by ${observer.lagMs.toFixed(0)} ms itself`);
  if (observer.typicalLagMs >= thresholds.commonLagMs)
    reasons.push(
      `main loops lag everywhere (${observer.typicalLagMs.toFixed(0)} ms): the machine is short of processors`,
    );
  if (observer.silentShare > thresholds.silentShare)
    reasons.push(`${percent(observer.silentShare)} of all nodes are silent at once: this monitor may be cut off`);
  return reasons;
}

const percent = (share: number) => `${(share * 100).toFixed(0)}%`;

/** A phi above 100 is a certainty, not a measurement. */
const inWords = (phi: number) => (phi > 100 ? 'phi over 100' : `phi ${phi.toFixed(1)}`);

/** Tunables of the judgement; the measurements behind them are in docs/decisions/diagnosis.md. */
export const thresholds = {
  phi: 8,
  /** However regular its heartbeats were: a process that stands still for a second may be starved. */
  silentMs: 1_500,
  /**
   * Each ms by which main loops lag everywhere makes a silence so many ms longer, up to a bound: where processors are
   * short, a healthy process may not run for seconds.
   */
  lagWait: 50,
  maxLagWaitMs: 3_500,
  conflictingBeats: 3,
  /** Calls over the window before shares are believed. */
  minCalls: 5,
  /** Of a caller's calls: the least share that makes a complaint. */
  badShare: 0.1,
  /**
   * The same where no other caller complains: a burst of other work on the machine costs one caller a tenth of its
   * calls.
   */
  soleBadShare: 0.5,
  /** Lost votes and invalid replies: a bit flips once, a liar goes on. */
  minLies: 3,
  /** The same where two callers found it independently: they avoid a liar from then on, and find no more. */
  minSharedLies: 2,
  slowRatio: 4,
  /** Who limps is never as fast as this many times its peers. */
  neverFasterRatio: 2,
  /**
   * Calls given up without an answer, spread over so many reports, of all callers together: a replica that is avoided
   * gets calls in bad moments only.
   */
  unansweredBeats: 3,
  /** Its main loop is this late on average, and so many times as late as others'. */
  nodeLagMs: 100,
  lagRatio: 4,
  /** Where all are this late, the machine is short of processors, and nobody limps by himself. */
  commonLagMs: 30,
  /** An observer this late does not trust its own eyes. */
  observerLagMs: 100,
  /** So many fall silent at once only when the observer is the one who is cut off. */
  silentShare: 0.5,
} as const;

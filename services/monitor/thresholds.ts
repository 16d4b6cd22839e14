/** Tunables of the decision table. docs/decisions/diagnosis.md has the measurements behind them. */
export const thresholds = {
  /** From this phi on, a node counts as silent. */
  phi: 8,
  /** A shorter silence does not count: a process that stands still for a second may only lack a processor. */
  silentMs: 1_500,
  /**
   * For each ms of the median lag of all nodes, the needed silence grows by this many ms, up to a bound. Where
   * processors are short, a healthy process may not run for seconds.
   */
  lagWait: 50,
  maxLagWaitMs: 3_500,
  /** This many heartbeats that one process cannot have sent prove that two processes use one identity. */
  conflictingBeats: 3,
  /** Fewer calls in the window than this prove nothing. */
  minCalls: 5,
  /** A caller complains if at least this share of its calls failed. */
  badShare: 0.1,
  /**
   * If no other caller complains, at least this share must have failed: a burst of other work on the machine costs one
   * caller a tenth of its calls.
   */
  soleBadShare: 0.5,
  /** This many lost votes and invalid replies show a liar. One alone may be a bit flip. */
  minLies: 3,
  /**
   * This many are enough if two callers found the lies independently. After that, the callers avoid the liar, so they
   * find no more lies.
   */
  minSharedLies: 2,
  /** A node is slow if its time is at least this many times that of its peers. */
  slowRatio: 4,
  /** A node does not limp if even one of its answers took less than this many times its peers' time. */
  neverFasterRatio: 2,
  /** A node that answers this many times as many calls as its peers is busy: its slow and lost calls are excused. */
  busyRatio: 2,
  /**
   * If this many reports say that calls were given up and none was answered, the given-up calls count as lost. The
   * reports of all callers are counted together. One report is not enough: an avoided replica gets calls only in bad
   * moments.
   */
  unansweredBeats: 3,
  /**
   * The main loop of a limping node is this late on average, and this many times as late as the loops of other nodes.
   */
  nodeLagMs: 100,
  lagRatio: 4,
  /** Where the main loops of most nodes are this late, the machine is short of processors, and no node limps alone. */
  commonLagMs: 30,
  /** An observer whose main loop is this late does not trust itself. */
  observerLagMs: 100,
  /** When this share of the nodes is silent at once, the observer itself is cut off. */
  silentShare: 0.5,
} as const;

/** The settings of a monitor, live and in the simulations. The simulations count the false alarms of these values. */
export const settings = {
  /** How often silences are checked, ms. Nodes send their heartbeats at the same times. */
  lookMs: 125,
  /** One window, ms. hysteresis.ts counts windows. */
  windowMs: 500,
  /** How long callers' reports of lies count, ms. Reports of bad service count half as long. */
  evidenceMs: 10_000,
  /** From this phi on, the monitor asks the ops port and the watchdog; such a question costs little. */
  probePhi: 1.5,
  /**
   * A monitor that has just started gives out its first view when it has heard every node, or after this time, ms: six
   * heartbeats. On a busy machine heartbeats come seconds late.
   */
  firstViewMs: 3_000,
  /** From this phi on callers prefer other nodes. */
  suspectPhi: 3,
  probeTimeoutMs: 500,
  /** Between two probes of a node that is still in doubt, ms. */
  probeGapMs: 500,
  /** An answer from the ops network is believed for this time, ms. */
  probeTrustMs: 1_500,
  /** A digest of another monitor is believed for this time, ms: three exchanges. */
  digestTrustMs: 1_500,
  /** A starting node may be silent for this time, ms, because loading data blocks the main loop. */
  startGraceMs: 30_000,
  /** A node that was never heard is probed after this time, ms. Nodes start later than the monitors. */
  neverHeardMs: 10_000,
  /** How long the other monitors wait for the leader to take out a lying or limping node, ms. */
  deferMs: 3_000,
  /** If a process is not back this long after its repair, it is diagnosed again, ms. */
  repairMs: 10_000,
  /** Watchdogs count incarnations, and their counts never differ by more than this. A greater incarnation is a lie. */
  incarnationRoom: 1_000_000_000,
  /** Views that one life of a monitor may publish. */
  versionsPerLife: 1_000_000,
  /** A watchdog's report that it cannot start a node is believed for this time, ms. */
  refusalMs: 5_000,
} as const;

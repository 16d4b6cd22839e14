/** How a monitor watches, live and in the simulations. The false alarms counted there are those of these values. */
export const settings = {
  /** How often silences are checked, ms. */
  lookMs: 125,
  /** One window, ms. hysteresis.ts counts windows. */
  windowMs: 500,
  /** How long callers' reports of lies count, ms. Reports of bad service count half as long. */
  evidenceMs: 10_000,
  /** From this phi on the ops port and the watchdog are asked: a question costs little. */
  probePhi: 1.5,
  /** From this phi on callers prefer other nodes. */
  suspectPhi: 3,
  probeTimeoutMs: 500,
  /** Between two probes of a node that is still in doubt, ms. */
  probeGapMs: 500,
  /** An answer of the ops network is believed for so long, ms. */
  probeTrustMs: 1_500,
  /** A digest of another monitor is believed for so long, ms: three exchanges. */
  digestTrustMs: 1_500,
  /** A starting node may be silent for so long, ms: loading data blocks the main loop. */
  startGraceMs: 30_000,
  /** A node that was never heard is asked about after so long, ms: others start after the monitors. */
  neverHeardMs: 10_000,
  /**
   * How long the other monitors leave it to the first one to take a liar or a limping node out, ms.
   */
  deferMs: 3_000,
  /** A process that was taken down for repair is back after this, ms; if not, it is diagnosed anew. */
  repairMs: 10_000,
  /** The counters of two watchdogs are never so far apart: a node that shows a greater incarnation lies. */
  incarnationRoom: 1_000_000_000,
  /** Views that one life of a monitor may publish. */
  versionsPerLife: 1_000_000,
  /** A watchdog that cannot start a node is believed for so long, ms. */
  refusalMs: 5_000,
} as const;

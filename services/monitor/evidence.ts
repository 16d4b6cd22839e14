import { thresholds } from './thresholds.ts';

/** One caller's evidence about one node. The counts are of calls that ended in the window. */
export interface CallerEvidence {
  readonly caller: string;
  readonly calls: number;
  readonly ok: number;
  /** The part of `ok` in the last two heartbeat intervals. Answers before a silence say nothing about the silence. */
  readonly okLately: number;
  /**
   * The part of `ok` since a connection of any caller was refused, because earlier answers prove nothing. All of `ok`
   * if there was no refusal.
   */
  readonly okSinceRefusal: number;
  readonly timeouts: number;
  /** Given up because another node had answered already. How late the answer would have come is unknown. */
  readonly unanswered: number;
  /** The number of the caller's reports in which no call was answered and some were given up. */
  readonly unansweredBeats: number;
  /** The part of `unanswered` and `timeouts` in which the head of the reply had come, and the rest trickled. */
  readonly partial: number;
  /** No connection. */
  readonly refused: number;
  /** The connection broke. */
  readonly resets: number;
  /** The node itself said that it is too busy. */
  readonly shed: number;
  /** Replies that were not valid: schema, signature of a page, identity. */
  readonly invalid: number;
  /** Votes that went against it. */
  readonly lostVotes: number;
  /** The caller ejected the node as too slow or silent. From then on, it sends the node few calls. */
  readonly ejected: number;
  /** Its latency over the median of its peers, both as this caller saw them; absent without peers or enough calls. */
  readonly latencyRatio?: number | undefined;
  /** Its fastest answer over the median of its peers. */
  readonly fastestRatio?: number | undefined;
  /**
   * The share of calls that the same caller lost at a peer of the node: the smallest share of all peers. Absent without
   * peers or enough calls.
   */
  readonly peersLostShare?: number | undefined;
}

/** Everything that is known about one node when it is diagnosed. What is unknown is absent; no rule needs all of it. */
export interface NodeEvidence {
  readonly node: string;
  readonly heartbeats: {
    /** Undefined before the first heartbeat. */
    readonly phi: number | undefined;
    /** The time since the last heartbeat. If it is unknown, it counts as long. */
    readonly silentMs?: number | undefined;
    /** Heartbeats within the window that one process could not have sent. */
    readonly conflictingBeats: number;
    /**
     * A new process sends heartbeats and does not serve yet. The earlier one never said that it was leaving.
     */
    readonly restartedUnannounced?: boolean | undefined;
  };
  readonly callers: readonly CallerEvidence[];
  /** Whether the other monitors hear it. */
  readonly otherMonitors?: 'hear it' | 'do not hear it' | undefined;
  /** The watchdog's report about the process. */
  readonly process?: 'running' | 'exited' | 'unreachable' | undefined;
  /** The result of asking its ops port, which injected network faults never affect. */
  readonly opsPort?: 'answers' | 'silent' | 'refused' | undefined;
  /**
   * What the node says about itself. It may lie, so this is used only against the node, or to blame the network.
   */
  readonly self?: NodeSelf | undefined;
  /**
   * The time in which it answers a call, as a multiple of its peers' time at the same moments. All nodes report this
   * about themselves. Absent where unknown.
   */
  readonly selfRatio?: number | undefined;
  /**
   * The number of calls that the node answered lately, as a multiple of its peers' median. The callers count these
   * calls, because a node could excuse itself with a false number. Absent if no peer answered a call.
   */
  readonly answeredRatio?: number | undefined;
  /** A node in trouble that it calls, directly or through others. A node that waits is slow without being at fault. */
  readonly waitsFor?: string | undefined;
  /** Pairs of its signed answers that contradict each other. They are proof, whoever reports them. */
  readonly proofs: number;
}

/** A node's reports about itself in the window. */
export interface NodeSelf {
  /** How late its main loop runs, without the time in which it waited for a processor. */
  readonly ownLagMs: number;
  readonly received: number;
  /** Calls that were in the node at any time: those in progress when the window began, and those received since. */
  readonly present: number;
  readonly answered: number;
  /** Answered, or given up because nobody waited any more. */
  readonly ended: number;
  /** Calls behind `meanMs`. The first calls of a process are not among them. */
  readonly timed: number;
  /** From the arrival of a call until its answer, or until nobody waited for it. */
  readonly meanMs: number;
}

/** How far the observer may trust what it sees. */
export interface Observer {
  readonly lagMs: number;
  /** How late main loops are everywhere: the median of the nodes' own reports, ms. */
  readonly typicalLagMs: number;
  /** The share of all nodes that the observer does not hear now. */
  readonly silentShare: number;
}

/** The observer itself is late or cut off, so a silence says nothing about the node. */
export function doubtsItself({ lagMs, silentShare }: Observer): boolean {
  return lagMs >= thresholds.observerLagMs || silentShare > thresholds.silentShare;
}

/** What one caller saw of one node over the window. Every count is about calls whose end fell into it. */
export interface CallerEvidence {
  readonly caller: string;
  readonly calls: number;
  readonly ok: number;
  /** Of those, within the last beats: answers from before a silence say nothing about it. */
  readonly okLately: number;
  /**
   * Of those, since any caller's connection was refused: answers from before it prove nothing. Without a refusal, all.
   */
  readonly okSinceRefusal: number;
  readonly timeouts: number;
  /** Given up because another node had answered already, or the caller left: late, but by how much nobody knows. */
  readonly unanswered: number;
  /** In how many of its reports no call was answered and some were given up. */
  readonly unansweredBeats: number;
  /** Of those and of the timeouts: the head of the reply had come. The node answers, the rest trickles. */
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
  /** It took the node out of its own choice, as too slow or silent: so it will not see much more of it. */
  readonly ejected: number;
  /** Its latency over the median of its peers, both as this caller saw them; absent without peers or enough calls. */
  readonly latencyRatio?: number | undefined;
  /** Its fastest answer over the median of its peers. */
  readonly fastestRatio?: number | undefined;
  /**
   * Of the same caller's calls to the best of the node's peers: the share that was lost. Absent without peers or enough
   * calls.
   */
  readonly peersLostShare?: number | undefined;
}

/** Everything that is known about one node when it is judged. What is not known is absent: no rule needs all of it. */
export interface NodeEvidence {
  readonly node: string;
  readonly heartbeats: {
    /** Undefined before the first heartbeat. */
    readonly phi: number | undefined;
    /** Since the last one; unknown counts as long. */
    readonly silentMs?: number | undefined;
    /** Heartbeats within the window that one process could not have sent. */
    readonly conflictingBeats: number;
    /** Another process than before speaks, the one before never took leave, and the new one does not serve yet. */
    readonly restartedUnannounced?: boolean | undefined;
  };
  readonly callers: readonly CallerEvidence[];
  /** Whether the other monitors hear it. */
  readonly otherMonitors?: 'hear it' | 'do not hear it' | undefined;
  /** The watchdog's word about the process. */
  readonly process?: 'running' | 'exited' | undefined;
  /** A question to its ops port, which goes over another network. */
  readonly opsPort?: 'answers' | 'silent' | 'refused' | undefined;
  /**
   * What the node says about itself with its last heartbeat. A liar's word: used only against the node, or to excuse
   * the network.
   */
  readonly self?: NodeSelf | undefined;
  /**
   * How many times as long as its peers, at the same moments, it takes for its calls, all by their own word. Absent
   * where unknown.
   */
  readonly selfRatio?: number | undefined;
  /** A node that it calls itself, and that is in trouble: whoever waits is slow without being ill. */
  readonly waitsFor?: string | undefined;
  /**
   * Two signed answers of it that contradict each other, or one that contradicts the truth: proof, whoever brings it.
   */
  readonly proofs: number;
}

/** What a node said about itself over the window. */
export interface NodeSelf {
  /** How late its main loop runs, without the time in which it waited for a processor. */
  readonly ownLagMs: number;
  readonly received: number;
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
  /** How late main loops are everywhere: the median of what the nodes say of themselves, ms. */
  readonly typicalLagMs: number;
  /** The share of all nodes that are silent for it now. */
  readonly silentShare: number;
}

import type { MemberState } from '../../../shared/membership/view.ts';
import type { Verdict } from '../../../shared/membership/verdict.ts';
import type { ReportedFault } from '../sources.ts';

/** Calls over the last few seconds. The latencies `p50` and `p99`, ms, are absent where no call ended. */
export interface CallTraffic {
  /** Calls a second. */
  readonly rate: number;
  /** The share that succeeded, 0 to 1; absent without calls. */
  readonly ok?: number;
  readonly p50?: number;
  readonly p99?: number;
}

/** One node in one second. */
export interface NodeNow {
  /** The worst state since the last snapshot: a crashed node may be back within a second. */
  readonly state: MemberState | 'unknown';
  readonly verdict?: Verdict;
  /** How long ago its last heartbeat came, ms. */
  readonly silentMs?: number;
  /** Absent while the node's ops port does not answer. */
  readonly live?: NodeLive;
}

/** What the node's own ops port says. */
export interface NodeLive {
  readonly incarnation: number;
  readonly upMs: number;
  readonly lagMs: number;
  /** The share of the time in which the event loop had work, 0 to 1. */
  readonly busy: number;
  readonly memoryMb: number;
  /** Calls that it answered. */
  readonly served: CallTraffic;
  readonly inFlight: number;
  /** The node refuses calls that wait longer than this, ms. */
  readonly longestWaitMs?: number;
  readonly ejects: readonly string[];
  readonly circuits: Readonly<Record<string, string>>;
}

/** Calls between two nodes, or between a group and a component. */
export interface CallsNow extends CallTraffic {
  readonly from: string;
  readonly to: string;
}

/** Everything that the console knows about one second. Nodes appear in the order of the topology. */
export interface Snapshot {
  /** Grows by one with each snapshot, since the console started. */
  readonly number: number;
  /** Wall clock of the console, ms. */
  readonly at: number;
  /** The monitor whose view this is. Absent when no monitor answers; the states are then the last known ones. */
  readonly monitor?: string;
  /** The monitor that takes out nodes that limp or lie. Absent when no monitor answers, or none trusts itself. */
  readonly leader?: string;
  readonly nodes: Readonly<Record<string, NodeNow>>;
  /** From node to node, only where there are calls. */
  readonly calls: readonly CallsNow[];
  /** From node group to component, only where there are calls. */
  readonly relations: readonly CallsNow[];
  /** Requests of people at the public ports. */
  readonly door: CallTraffic;
  /** Faults in effect; null while the chaos controller does not answer. */
  readonly faults: readonly ReportedFault[] | null;
}

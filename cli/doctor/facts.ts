import type { TakenPort } from '../../shared/cluster/watchdog/port-check.ts';
import type { ClusterPlace } from '../command-line.ts';
import type { RunFile } from '../run-file.ts';
import type { ClusterNode } from '../watchdog-client.ts';
import type { Finding } from './finding.ts';
import type { RunningProcess } from './processes.ts';

/** The end of one node's log. */
export interface LogEnd {
  readonly node: string;
  /** Oldest first. */
  readonly lines: readonly string[];
}

/** The answer of the running cluster's watchdog, or the reason why it gave none. */
export type ClusterAnswer =
  | { readonly answered: true; readonly nodes: readonly ClusterNode[] }
  | { readonly answered: false; readonly why: string };

/** Everything that the checks judge. Measuring is apart from judging, so each check is a pure function. */
export interface Facts {
  readonly place: Required<ClusterPlace>;
  readonly nodeVersion: string;
  /** Bytes; undefined where this machine does not tell. */
  readonly availableMemory: number | undefined;
  readonly freeDisk: number | undefined;
  /** How many files and sockets one process may open; undefined where this machine does not tell. */
  readonly fileLimit: number | undefined;
  readonly hasDataset: boolean;
  /** Wall-clock ms. */
  readonly now: number;
  /** The file of Tierlab that was changed last, wall-clock ms. */
  readonly newestFile: { readonly file: string; readonly changedAt: number } | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly topology: string;
  /** The nodes that run from the start. */
  readonly startedNodes: ReadonlySet<string>;
  /** Ports that the cluster needs, and that others hold. */
  readonly takenPorts: readonly (TakenPort & { readonly owner: string })[];
  /** Absent if no cluster of this data folder runs at this port base. */
  readonly running: (RunFile & { readonly cluster: ClusterAnswer }) | undefined;
  /** Run files whose process has ended. `reusedBy`: another program has its process id now. */
  readonly deadRuns: readonly { readonly file: string; readonly pid: number; readonly reusedBy?: string }[];
  /** Nodes of this data folder that run without a watchdog. */
  readonly orphans: readonly RunningProcess[];
  readonly logs: readonly LogEnd[];
}

export type DoctorCheck = (facts: Facts) => Finding | readonly Finding[];

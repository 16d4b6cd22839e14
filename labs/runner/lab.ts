import type { ConfidenceInterval } from '../statistics/interval.ts';
import type { Ask } from './choice.ts';

/** Units that a prediction can have; `none` is for shapes, ratios and slopes. */
export type Unit = 'ms' | 's' | '%' | '/s' | 'count' | 'none';

/** One number that a student predicts and the lab measures. `x`: its place in the plot. */
export interface Quantity {
  readonly id: string;
  readonly label: string;
  readonly unit: Unit;
  readonly theory: number;
  readonly x?: number;
}

/** A measured quantity. `n`: the number of samples behind it. */
export interface Point {
  readonly id: string;
  readonly measured: number;
  readonly n: number;
  readonly interval: ConfidenceInterval;
}

/** `detail` says what was found, or why nothing can be said; `next`, what to do about it. */
export interface Check {
  readonly label: string;
  readonly verdict: LabVerdict;
  readonly detail: string;
  readonly next?: string;
  /** It judges no time, so a busy machine cannot have made it fail. */
  readonly untimed?: true;
}

export type LabVerdict = 'PASS' | 'FAIL' | 'UNKNOWN';

/** What one run of a lab found. It holds no time of day, so that the same seed gives the same bytes. */
export interface Findings {
  readonly points: readonly Point[];
  readonly checks: readonly Check[];
  /** The shortest timeline that explains what was seen: one line per event. */
  readonly timeline: readonly string[];
  /** What the injected faults changed, where the lab injects some. */
  readonly faults?: readonly FaultProof[];
}

/** Proof that a fault took hold: it changed `applied` of the `matched` requests. */
export interface FaultProof {
  readonly kind: string;
  readonly target: string;
  readonly matched: number;
  readonly applied: number;
}

/**
 * Which system a virtual run studies. Only `correct` may pass. `do-nothing`: nothing is run. `broken`: the system does
 * not do what the lab is about. `control`: an assumption of the formula is violated.
 */
export const variants = ['correct', 'do-nothing', 'broken', 'control'] as const;
export type Variant = (typeof variants)[number];

export type Form = 'virtual' | 'live';

/** The values of a lab's parameters, drawn per student. */
export type Parameters = Readonly<Record<string, number>>;

/** What a live run gets from the runner. */
export interface LiveContext {
  readonly seed: string;
  readonly signal: AbortSignal;
  /**
   * A cluster of the lab's own: on its own ports, with its own data, stopped by the runner. Where the topology file
   * says nothing else, its style is object-based and its policy naive. `pages`: how many pages its data set has, where
   * the usual 240 are too few.
   */
  readonly cluster: (topology: object, pages?: number) => Promise<LabCluster>;
  readonly progress: (label: string, done: number, total: number) => void;
  readonly say: (text: string) => void;
  /** Asks the person something while the lab runs. */
  readonly choose: Ask;
}

export interface LabCluster {
  readonly portBase: number;
  readonly nodes: readonly LabNode[];
  /** Changes the policy of one node, as `tierlab policy` does. */
  readonly policy: (node: string, policy: object) => Promise<void>;
  /** What the node's ops port says at `path`. */
  readonly ask: (node: string, path: string) => Promise<unknown>;
  /**
   * Injects a fault directly at the node; a fault of a whole process at the watchdog of the node. Renews the lease of
   * the fault until the fault is healed or the cluster stops.
   */
  readonly inject: (node: string, fault: LabFault) => Promise<() => Promise<FaultProof>>;
  /** The process of this node may end from now on: the lab asked for it. */
  readonly mayEnd: (node: string) => void;
  /** How often the process of this node was started again, whoever asked for it. */
  readonly restarts: (node: string) => Promise<number>;
  /** Kills the process of a node, which stays down until the cluster ends. Resolves when the process is gone. */
  readonly crash: (node: string) => Promise<void>;
}

export interface LabFault {
  readonly kind: string;
  readonly params: object;
  /** The share of the matching requests that is hit; all where it is absent. */
  readonly probability?: number;
  /** Only requests of this node, to this operation, or in this direction. */
  readonly caller?: string;
  readonly operation?: string;
  readonly direction?: 'request' | 'reply';
  /** Nobody is told that it is in effect: the student must find it. */
  readonly secret?: true;
  /** The fault begins this long after the order, so that the node can still answer the order. */
  readonly startInMs?: number;
}

export interface LabNode {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly opsPort: number;
  readonly publicPort: number;
  readonly components: readonly string[];
  /** The public ports of components that have one of their own. */
  readonly doors: Readonly<Record<string, number>>;
}

export interface Lab {
  /** Two digits; the folder is `NN-name`. */
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  readonly question: string;
  /** How long the usual form takes on two cores, s: the live one, where there is one. Thinking is not in it. */
  readonly seconds: number;
  readonly cores: number;
  /**
   * The lab can use a running cluster of the default topology (`--attach`): the uid of the dashboard in Grafana that
   * shows it, and what to see there.
   */
  readonly attach?: { readonly dashboard: string; readonly see: string };
  /** Without `--seed` and `--student` each run draws a seed, because the seed decides what the student has to find. */
  readonly drawsSeed?: true;
  /** Where failing is the point: "failures are part of this lab". */
  readonly failuresExpected?: true;
  /** The bounded sets that parameters are drawn from; the first value is the one of the README. */
  readonly parameters: Readonly<Record<string, { readonly unit: Unit; readonly values: readonly number[] }>>;
  readonly formula: string;
  readonly assumptions: readonly string[];
  /** What is predicted and measured. */
  readonly quantities: (parameters: Parameters) => readonly Quantity[];
  /** Runs in virtual time; the same seed gives the same findings. */
  readonly virtual?: (parameters: Parameters, seed: string, variant: Variant) => Promise<Findings> | Findings;
  /** Runs on real processes. */
  readonly live?: (parameters: Parameters, context: LiveContext) => Promise<Findings>;
  /**
   * For a lab without a virtual form: its checks on made-up measurements. Only the audit calls this; no student sees
   * the findings.
   */
  readonly madeUp?: (seed: string, variant: Variant) => Findings;
  /** What `broken` and `control` change; for a lab without `virtual` and `madeUp`, why its checks cannot be audited. */
  readonly variants: { readonly broken: string; readonly control: string } | { readonly notAudited: string };
  /** In the order of `hintNames`. The analogue has other numbers. */
  readonly hints: readonly [string, string, string];
  /** Shown after the verdict. */
  readonly explanation: (parameters: Parameters) => string;
  readonly transfer: { readonly question: string; readonly answer: string };
  readonly axes?: { readonly x: string; readonly y: string; readonly logX?: true };
}

export const hintNames = ['The concept', 'The formula', 'An example'] as const;

/** Gives literals their types. */
export const lab = (definition: Lab): Lab => definition;

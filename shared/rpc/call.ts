import type { Receipt } from '../security/receipts.ts';
import type { PlannedAttempt } from './attempt-plan.ts';
import type { Operation } from './contract.ts';
import type { Priority } from './context.ts';
import type { TraceContext } from './trace-context.ts';

/** One replica that can be called: a node that hosts the component. */
export interface Endpoint {
  readonly node: string;
  readonly host: string;
  readonly port: number;
  /**
   * The incarnation of the node's present process, if the view tells it. It shows the caller that a process is new, so
   * that the new process is not blamed for the failures of the earlier one.
   */
  readonly incarnation?: number;
  /** Other routes to the same node, in order of preference: further addresses, or programs that forward to it. */
  readonly alternates?: readonly Address[];
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * One call on its way through the layers. `upstream.ts` makes it. No layer changes a call. A layer may pass on a new
 * call, which derived-call.ts makes. That file shows which members can differ.
 */
export interface Call {
  readonly component: string;
  readonly operation: Operation;
  readonly request: unknown;
  /** 1-based; only for sharded operations. */
  readonly shard?: number | undefined;
  readonly requestId: string;
  readonly trace: TraceContext;
  /**
   * From this time on, nobody wants the answer: ms on this process's monotonic clock; Infinity = never. Layers with a
   * time limit pass on an earlier deadline.
   */
  readonly deadlineAt: number;
  /**
   * Aborts when the caller has left or the deadline has passed. A layer that may stop the work below passes on a signal
   * of its own, which aborts at the latest when this signal does.
   */
  readonly signal: AbortSignal;
  /** 1 for the first attempt. Set by the owner of the plan (attempt-plan.ts). */
  readonly attempt: number;
  readonly priority: Priority;
  readonly idempotencyKey?: string | undefined;
  /** The node that makes the call; set on the server's side. */
  readonly caller?: string | undefined;
  /** Set by `balance`: the replica that gets this attempt. `routes` may send it to another address of that node. */
  readonly endpoint?: Endpoint | undefined;
  /** Set by the owner of the plan: the attempt that this call makes. Undefined until a layer has made a plan. */
  readonly planned?: PlannedAttempt | undefined;
  /** Set by `batch`: the other calls that this call carries. */
  readonly carries?: readonly Call[] | undefined;
  /**
   * Set by the vote (layers/trust/): asks the replica for a receipt over this nonce. A receipt is its signed statement
   * that it gave this answer (shared/security/receipts.ts).
   */
  readonly nonce?: string | undefined;
}

/** Mechanisms that hide the failure of a replica from the caller. */
export const maskers = ['retry', 'hedge', 'vote', 'cache'] as const;
export type MaskedBy = (typeof maskers)[number];

export interface Reply {
  readonly body: unknown;
  /** The nodes that took part in the answer, the answering node first. */
  readonly servedBy: readonly string[];
  /**
   * The node that was asked, as the caller knows it; set by `attempts`. `servedBy` is only the claim of the reply, and
   * can be a lie.
   */
  readonly from?: string;
  /** The mechanism that turned a failure or a slow answer into this answer; undefined = none was needed. */
  readonly maskedBy?: MaskedBy | undefined;
  /** The receipt, where the call asked for one. */
  readonly receipt?: Receipt | undefined;
  /** The age in ms of the oldest stale answer that went into this answer; undefined = all of it is current. */
  readonly staleMs?: number | undefined;
}

export type Service = (call: Call) => Promise<Reply>;
export type Layer = (next: Service) => Service;

/** Wraps `service` in `layers`, outermost first. */
export function compose(layers: readonly Layer[], service: Service): Service {
  return layers.reduceRight((next, layer) => layer(next), service);
}

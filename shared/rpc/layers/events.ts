import type { Call } from '../call.ts';
import type { ErrorCode } from '../errors.ts';

/**
 * Events that layers report to observers: metrics, the log, the monitor's evidence. An event is something exceptional;
 * normal calls are in the statistics. Observers must not throw.
 */
export type LayerEvent =
  | { readonly event: 'retry'; readonly call: Call; readonly code: ErrorCode; readonly delayMs: number }
  | { readonly event: 'hedge'; readonly call: Call; readonly delayMs: number }
  | { readonly event: 'budget_exhausted'; readonly call: Call; readonly mechanism: 'retry' | 'hedge' }
  | { readonly event: 'panic'; readonly component: string; readonly usable: number; readonly known: number }
  | {
      readonly event: 'ejected';
      readonly component: string;
      readonly node: string;
      readonly why: EjectionReason;
      readonly forMs: number;
    }
  | { readonly event: 'circuit'; readonly component: string; readonly state: 'open' | 'half_open' | 'closed' }
  | { readonly event: 'throttled'; readonly call: Call; readonly probability: number }
  /** The node's answer differs from the answer of the majority at the same version of the data. */
  | {
      readonly event: 'vote-lost';
      readonly component: string;
      readonly node: string;
      readonly operation: string;
      readonly majority: readonly string[];
      /** The nonce in the receipts of all answers that were compared; absent without receipts. */
      readonly nonce?: string | undefined;
    }
  /** The node sent something with an invalid signature: a page, a receipt, an identity. */
  | { readonly event: 'bad-signature'; readonly component: string; readonly node: string; readonly why: string }
  /**
   * On f + 1 replicas, a page does not match its signature: the page was stored like this. Reported once per page and
   * replica.
   */
  | { readonly event: 'bad-page'; readonly component: string; readonly why: string }
  /** Enough replicas answered, but no f + 1 answers were equal. */
  | { readonly event: 'no-majority'; readonly call: Call; readonly nodes: readonly string[] }
  /** Two answers with the node's own signature contradict each other. They are proof, whoever reports them. */
  | { readonly event: 'contradiction'; readonly component: string; readonly node: string }
  /** The head of the reply arrived, but the body was so slow that the caller gave up. */
  | { readonly event: 'partial'; readonly component: string; readonly node: string }
  | { readonly event: 'stale'; readonly call: Call; readonly code: ErrorCode }
  | { readonly event: 'shed'; readonly call: Call; readonly waitMs: number }
  /**
   * Calls began to wait too long in this process, or stopped doing so. `waitMs` is the mean wait in the last window.
   */
  | { readonly event: 'load'; readonly state: 'calm' | 'overloaded'; readonly waitMs: number }
  | { readonly event: 'expired'; readonly call: Call }
  | { readonly event: 'deduplicated'; readonly call: Call };

/**
 * `failures`: several attempts in a row failed. `silence`: no answer for too long. `latency`: far slower than the other
 * replicas. `lying`: outvoted, or a bad signature.
 */
export type EjectionReason = 'failures' | 'silence' | 'latency' | 'lying';

export type Observe = (event: LayerEvent) => void;

export const observeNothing: Observe = () => undefined;

import type { Call } from '../call.ts';
import type { ErrorCode } from '../errors.ts';

/**
 * What layers tell whoever watches: metrics, the log, the monitor's evidence. Only the exceptional is an event; the
 * normal course of calls is in the statistics. Observers must not throw.
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
  /** It gave another answer than f + 1 others did at the same version of the data. */
  | {
      readonly event: 'vote-lost';
      readonly component: string;
      readonly node: string;
      readonly operation: string;
      readonly majority: readonly string[];
      /** Of the receipts of all that were compared, where there are any. */
      readonly nonce?: string | undefined;
    }
  /** What it sent as somebody's signed word is not: a page, a receipt, an identity. */
  | { readonly event: 'bad-signature'; readonly component: string; readonly node: string; readonly why: string }
  /** A page does not match its signature on f + 1 replicas: it was stored like this. Told once per page and replica. */
  | { readonly event: 'bad-page'; readonly component: string; readonly why: string }
  /** Enough replicas answered, and no f + 1 of them the same. */
  | { readonly event: 'no-majority'; readonly call: Call; readonly nodes: readonly string[] }
  /** Two answers signed by itself contradict each other: proof, whoever brings it. */
  | { readonly event: 'contradiction'; readonly component: string; readonly node: string }
  /** The head of its reply came, and the rest trickled until nobody waited any more. */
  | { readonly event: 'partial'; readonly component: string; readonly node: string }
  | { readonly event: 'stale'; readonly call: Call; readonly code: ErrorCode }
  | { readonly event: 'shed'; readonly call: Call; readonly waitMs: number }
  /** Calls wait for too long in this process, or no longer do; `waitMs` is their mean in the last window. */
  | { readonly event: 'load'; readonly state: 'calm' | 'overloaded'; readonly waitMs: number }
  | { readonly event: 'expired'; readonly call: Call }
  | { readonly event: 'deduplicated'; readonly call: Call };

/**
 * failures: one after the other; silence: no answer for too long; latency: far slower than its peers; lying: outvoted,
 * or a bad signature.
 */
export type EjectionReason = 'failures' | 'silence' | 'latency' | 'lying';

export type Observe = (event: LayerEvent) => void;

export const observeNothing: Observe = () => undefined;

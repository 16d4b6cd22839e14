import type { Call } from '../call.ts';
import type { ErrorCode } from '../errors.ts';

/**
 * What layers tell whoever watches: metrics, the log, the monitor's evidence. Only the exceptional is an event; the normal course
 * of calls is in the statistics. Observers must not throw.
 */
export type LayerEvent =
  | { readonly event: 'retry'; readonly call: Call; readonly code: ErrorCode; readonly delayMs: number }
  | { readonly event: 'budget_exhausted'; readonly call: Call; readonly mechanism: 'retry' | 'hedge' }
  | { readonly event: 'panic'; readonly component: string; readonly usable: number; readonly known: number };

export type Observe = (event: LayerEvent) => void;

export const observeNothing: Observe = () => undefined;

import type { Priority } from './priority.ts';
import type { TraceContext } from './trace.ts';

/** What a handler knows about the request that it serves, and hands on with every call that it makes for it. */
export interface Context {
  readonly requestId: string;
  readonly trace: TraceContext;
  /** ms on this process's monotonic clock; Infinity = none. */
  readonly deadlineAt: number;
  readonly signal: AbortSignal;
  readonly priority: Priority;
  readonly idempotencyKey?: string | undefined;
  /** The node that asks, where it says so; proven under mutual TLS. Not handed on. */
  readonly caller?: string | undefined;
  /** Grows with each call made: the nodes that took part so far, in the order of their answers. */
  readonly servedBy: string[];
}

import type { TraceContext } from './trace-context.ts';

/** The order of importance in an overload: health > user reads > writes > background. */
export type Priority = 'health' | 'read' | 'write' | 'background';

/** Everything that a handler knows about its request. The handler passes it on with every call that it makes. */
export interface Context {
  readonly requestId: string;
  readonly trace: TraceContext;
  /** ms on this process's monotonic clock; Infinity = none. */
  readonly deadlineAt: number;
  readonly signal: AbortSignal;
  readonly priority: Priority;
  readonly idempotencyKey?: string | undefined;
  /** The calling node, if the call names it; with mutual TLS, the name is proven. Not passed on. */
  readonly caller?: string | undefined;
  /**
   * The nodes that took part so far, in the order of their answers. The list grows with each call that the handler
   * makes.
   */
  readonly servedBy: string[];
  /**
   * The age in ms of the oldest stale answer that the handler got so far; undefined = all answers were current. The
   * cache gives stale answers while a component is down.
   */
  staleMs?: number | undefined;
}

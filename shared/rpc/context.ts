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
  /** The calling node, where the call names it; proven under mutual TLS. Not passed on. */
  readonly caller?: string | undefined;
  /** Grows with each call that the handler makes: the nodes that took part so far, in the order of their answers. */
  readonly servedBy: string[];
  /**
   * The age of the oldest stale answer among those that the handler got so far, ms; undefined = all were current. The
   * cache gives such answers while a component is down.
   */
  staleMs?: number | undefined;
}

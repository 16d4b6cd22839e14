import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import type { Context } from './context.ts';
import { newTrace } from './trace-context.ts';

/** A signal that never aborts. It is shared, because a new controller would cost time in every heartbeat. */
const never = new AbortController().signal;

/** Makes contexts for work that a node starts by itself. The deadline is `timeoutMs` from now. */
export function backgroundContexts(clock: Clock, random: Random): (timeoutMs: number) => Context {
  return (timeoutMs) => ({
    requestId: newTrace(random).traceId,
    trace: newTrace(random, false),
    deadlineAt: clock.now() + timeoutMs,
    signal: never,
    priority: 'background',
    servedBy: [],
  });
}

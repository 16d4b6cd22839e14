import Type, { type Static } from 'typebox';
import type { Clock } from '../../../time/clock.ts';
import type { Random } from '../../../time/random.ts';
import { type Scheduler, sleep } from '../../../time/scheduler.ts';
import { createPlan, planAttempt } from '../../attempt-plan.ts';
import type { Call, Layer, Reply, Service } from '../../call.ts';
import { attemptOf } from '../../derived-call.ts';
import { asRpcError, type RpcError } from '../../errors.ts';
import type { Budgets } from './budget.ts';
import type { Observe } from '../events.ts';
import { isRetryable } from './retryable.ts';

export const RetrySettings = Type.Object(
  {
    maxAttempts: Type.Integer({
      default: 3,
      minimum: 1,
      maximum: 10,
      description: 'including the first attempt (Google SRE book, ch. 21)',
    }),
    baseMs: Type.Number({
      default: 10,
      minimum: 0,
      description: 'upper bound of the first wait; about one round trip under load',
    }),
    maxMs: Type.Number({
      default: 1_000,
      minimum: 0,
      description: 'upper bound of every wait, unless the server asks for a longer one',
    }),
    anyDepth: Type.Boolean({
      default: false,
      description: 'also retries failures that a deeper node has already retried: for showing retry storms',
    }),
  },
  { additionalProperties: false },
);
export type RetrySettings = Static<typeof RetrySettings>;

export type RetryDecision = { readonly do: 'give_up' } | { readonly do: 'wait'; readonly delayMs: number };

export const giveUp: RetryDecision = { do: 'give_up' };

/**
 * Attempt number `attempt` (1-based) has failed at `node` with `error`. Decides whether to make another attempt, and
 * how long to wait from `now`. Full jitter, `draw` x min(max, base x 2^n), spreads callers over time (AWS Architecture
 * Blog, 2015). A retry waits at least as long as the server asks for. A random time of up to the same length comes on
 * top, so that refused callers do not all return at once. The first attempt at another node after a definite failure
 * does not wait: it overloads nothing.
 */
export function decideRetry(
  settings: RetrySettings,
  call: Call,
  {
    error,
    attempt,
    node,
    now,
    draw,
  }: { error: RpcError; attempt: number; node: string | undefined; now: number; draw: number },
): RetryDecision {
  if (attempt >= settings.maxAttempts || !isRetryable(call, error, node, settings.anyDepth)) return giveUp;
  const elsewhere = attempt === 1 && error.definite && error.retryAfterMs === undefined;
  const { retryAfterMs = 0 } = error;
  const boundMs = Math.max(retryAfterMs, Math.min(settings.maxMs, settings.baseMs * 2 ** (attempt - 1)));
  const delayMs = elsewhere ? 0 : retryAfterMs + draw * boundMs;
  return now + delayMs < call.deadlineAt ? { do: 'wait', delayMs } : giveUp;
}

export interface RetryDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly budget: Budgets;
  readonly observe: Observe;
}

/**
 * Repeats a failed attempt when `decideRetry` allows it and the budget of the replica group has a token. It makes no
 * retries for a call that has a vote or hedges: the layer of the vote or of the hedges repeats it.
 */
export function retry(
  settings: RetrySettings,
  { clock, random, scheduler, budget, observe }: RetryDependencies,
): Layer {
  return function retry(next: Service) {
    return async (call: Call): Promise<Reply> => {
      if (call.planned) return next(call);
      const tokens = budget(call);
      const plan = createPlan();
      for (let attempt = call.attempt; ; attempt++) {
        const planned = planAttempt(plan);
        try {
          const reply = await next(attemptOf(call, planned, attempt));
          tokens.earn();
          return reply;
        } catch (thrown) {
          const error = asRpcError(thrown);
          const made = attempt - call.attempt + 1;
          const decision = decideRetry(settings, call, {
            error,
            attempt: made,
            node: planned.node,
            now: clock.now(),
            draw: random.next(),
          });
          if (decision.do === 'give_up' || call.signal.aborted) throw error;
          if (!tokens.spend()) {
            observe({ event: 'budget_exhausted', call, mechanism: 'retry' });
            throw error;
          }
          observe({ event: 'retry', call, code: error.code, delayMs: decision.delayMs });
          if (decision.delayMs > 0) await sleep(scheduler, decision.delayMs, call.signal);
        }
      }
    };
  };
}

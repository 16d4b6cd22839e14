import Type, { type Static } from 'typebox';
import type { Clock } from '../../../time/clock.ts';
import type { Scheduler } from '../../../time/scheduler.ts';
import type { Layer } from '../../call.ts';
import { RpcError } from '../../errors.ts';
import { callWithin } from './within.ts';

export const DeadlineSettings = Type.Object(
  {
    defaultMs: Type.Number({
      default: 10_000,
      exclusiveMinimum: 0,
      description: 'for calls without a deadline: no call waits for ever (users leave after about 10 s: Nielsen, 1993)',
    }),
    maxMs: Type.Number({ default: 600_000, exclusiveMinimum: 0, description: 'longer deadlines are cut to this' }),
  },
  { additionalProperties: false },
);
export type DeadlineSettings = Static<typeof DeadlineSettings>;

export type DeadlineDecision =
  | { readonly do: 'refuse'; readonly why: string }
  | { readonly do: 'wait'; readonly timeoutMs: number };

/** What to do with a call whose deadline is `deadlineAt`, at the time `now` (ms, one clock). */
export function decideDeadline(deadlineAt: number, now: number, settings: DeadlineSettings): DeadlineDecision {
  if (Number.isNaN(deadlineAt)) return { do: 'refuse', why: 'the deadline is not a number' };
  if (deadlineAt <= now) return { do: 'refuse', why: 'the deadline had passed before the call was sent' };
  if (deadlineAt === Infinity) return { do: 'wait', timeoutMs: settings.defaultMs };
  return { do: 'wait', timeoutMs: Math.min(deadlineAt - now, settings.maxMs) };
}

/**
 * One deadline for all attempts of a call. A call that has already expired is refused with `deadline_exceeded`
 * (definite). Rejects with `deadline_exceeded` when the time is up, and stops the work below through the call's signal.
 */
export function deadline(
  settings: DeadlineSettings,
  { clock, scheduler }: { clock: Clock; scheduler: Scheduler },
): Layer {
  return function deadline(next) {
    return (call) => {
      const now = clock.now();
      const decision = decideDeadline(call.deadlineAt, now, settings);
      if (decision.do === 'refuse')
        return Promise.reject(new RpcError('deadline_exceeded', decision.why, { definite: true }));
      const { timeoutMs } = decision;
      return callWithin(next, call, { timeoutMs, deadlineAt: now + timeoutMs }, scheduler, () => {
        return new RpcError(
          'deadline_exceeded',
          `no answer from ${call.component}.${call.operation.name} in ${Math.round(timeoutMs)} ms`,
        );
      });
    };
  };
}

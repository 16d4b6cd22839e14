import Type, { type Static } from 'typebox';
import type { Clock } from '../../../time/clock.ts';
import type { Random } from '../../../time/random.ts';
import type { Call, Layer } from '../../call.ts';
import type { Priority } from '../../context.ts';
import { asRpcError, evidence, RpcError } from '../../errors.ts';
import { groupKey } from '../../group-key.ts';
import type { Observe } from '../events.ts';

export const ThrottleSettings = Type.Object(
  {
    k: Type.Number({
      default: 1.3,
      exclusiveMinimum: 1,
      description:
        'requests sent per accepted request (Google SRE book, ch. 21: 2; less where refused calls are expensive)',
    }),
    reserve: Type.Number({
      default: 20,
      minimum: 0,
      description: 'how many refusals are ignored: at low rates one refusal must not block the next calls',
    }),
    halfLifeMs: Type.Number({
      default: 2_000,
      minimum: 1,
      description:
        'half-life of the counters (the book: a window of two minutes): short, to notice the end of an overload',
    }),
  },
  { additionalProperties: false },
);
export type ThrottleSettings = Static<typeof ThrottleSettings>;

/** A smaller k refuses earlier. The least important calls have the smallest k. */
const kShare: Record<Priority, number> = { health: Infinity, read: 1, write: 0.9, background: 0.6 };

/**
 * The probability that a call is refused without asking a server: Google SRE book, "Handling Overload", equation 21-1,
 * with a reserve.
 */
export function refusalProbability(requests: number, accepts: number, k: number, reserve = 0): number {
  return Math.max(0, (requests - k * accepts - reserve) / (requests + 1));
}

/**
 * Client-side adaptive throttling. When servers refuse many calls of an operation (`overloaded`), the client refuses
 * most of them itself with the same code, because even a refusal costs a busy server time. A few calls are still sent,
 * to notice when the overload is over. Refusals by deeper nodes count too: the work of the nodes above them is lost.
 * Other operations are not affected.
 */
export function throttle(
  settings: ThrottleSettings,
  { clock, random, observe }: { clock: Clock; random: Random; observe: Observe },
): Layer {
  const counts = new Map<string, { at: number; requests: number; accepts: number }>();

  function countsOf(call: Call, now: number) {
    const key = `${groupKey(call)}.${call.operation.name}`;
    const count = counts.getOrInsertComputed(key, () => ({ at: now, requests: 0, accepts: 0 }));
    // Counters decay in steps. This is exact enough, and most calls need not compute `2 ** x`.
    if (now - count.at >= settings.halfLifeMs / 32) {
      const keep = 2 ** ((count.at - now) / settings.halfLifeMs);
      count.requests *= keep;
      count.accepts *= keep;
      count.at = now;
    }
    return count;
  }

  return function throttle(next) {
    return async (call) => {
      const count = countsOf(call, clock.now());
      const k = Math.max(1.05, settings.k * kShare[call.priority]);
      const probability = refusalProbability(count.requests, count.accepts, k, settings.reserve);
      if (probability > 0 && random.next() < probability) {
        count.requests++;
        observe({ event: 'throttled', call, probability });
        throw new RpcError('overloaded', `${call.component} is refusing calls; this one was not sent`);
      }
      try {
        const reply = await next(call);
        // The call is counted when its answer comes: calls under way have not been refused.
        count.requests++;
        count.accepts++;
        return reply;
      } catch (thrown) {
        const error = asRpcError(thrown);
        const proves = evidence(error, { abandoned: call.signal.aborted });
        if (proves === 'nothing') throw thrown;
        count.requests++;
        if (error.code !== 'overloaded') count.accepts++;
        throw thrown;
      }
    };
  };
}

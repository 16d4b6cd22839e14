import Type, { type Static } from 'typebox';
import type { Clock } from '../../time/clock.ts';
import type { Layer } from '../call.ts';
import type { Priority } from '../priority.ts';
import { asRpcError, RpcError } from '../errors.ts';
import type { Observe } from './events.ts';
import { GradientSettings } from './gradient.ts';
import { createLimiter } from './limiter.ts';

export const AdmissionSettings = Type.Object(
  {
    ...GradientSettings.properties,
    lagMs: Type.Number({
      default: 100,
      minimum: 1,
      description: 'event-loop delay beyond which the unimportant is refused; reads at four times this',
    }),
    fixedLimit: Type.Optional(
      Type.Number({ minimum: 1, description: 'set by hand instead: for experiments with bad settings' }),
    ),
  },
  { additionalProperties: false },
);
export type AdmissionSettings = Static<typeof AdmissionSettings>;

/** Which part of the limit each priority may fill: what is left above is kept for those before it. */
const shareOf: Record<Priority, number> = { health: Infinity, read: 1, write: 0.9, background: 0.5 };
/** How many times `lagMs` each priority bears. */
const lagShareOf: Record<Priority, number> = { health: Infinity, read: 4, write: 2, background: 1 };

/** Whether one more call may begin, with `inFlight` under way. One call always may, or nothing would ever be learnt. */
export function isAdmitted(
  priority: Priority,
  load: { inFlight: number; limit: number; lagMs: number },
  maxLagMs: number,
): boolean {
  if (load.inFlight === 0 && priority !== 'background') return true;
  return load.inFlight < load.limit * shareOf[priority] && load.lagMs <= maxLagMs * lagShareOf[priority];
}

export interface AdmissionDependencies {
  readonly clock: Clock;
  /** How late the event loop runs now, ms: sees the work that is waiting outside of any call. */
  readonly lagMs?: () => number;
  readonly observe: Observe;
}

/**
 * Server side: takes no more calls at a time than can be served without queueing, and refuses the rest at once: `overloaded`, definite, with
 * the time after which to try again. What is accepted stays fast, and the server spends its time on answers that are still wanted.
 * Health checks pass; so do calls from within this node, which were admitted with the call that makes them.
 */
export function admission(
  settings: AdmissionSettings,
  { clock, lagMs = () => 0, observe }: AdmissionDependencies,
): Layer {
  const limiter = createLimiter(settings, clock.now(), observe);
  return function admission(next) {
    return async (call) => {
      if (call.priority === 'health' || call.endpoint !== undefined) return next(call);
      const startedAt = clock.now();
      const limit = settings.fixedLimit ?? limiter.limit;
      if (!isAdmitted(call.priority, { inFlight: limiter.inFlight, limit, lagMs: lagMs() }, settings.lagMs)) {
        limiter.refuse();
        observe({ event: 'shed', call, limit });
        // About when the calls under way will have been answered.
        const retryAfterMs = Math.min(1_000, Math.max(10, Math.round(limiter.meanMs)));
        throw new RpcError('overloaded', 'too many calls are under way already', { retryAfterMs });
      }
      const admitted = limiter.begin(startedAt);
      try {
        const reply = await next(call);
        limiter.end(admitted, call, clock.now(), 'answered');
        return reply;
      } catch (thrown) {
        const timedOut = asRpcError(thrown).code === 'deadline_exceeded';
        limiter.end(admitted, call, clock.now(), timedOut ? 'timed_out' : 'failed');
        throw thrown;
      }
    };
  };
}

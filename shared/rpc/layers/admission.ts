import Type, { type Static } from 'typebox';
import type { Clock } from '../../time/clock.ts';
import type { Call, Layer } from '../call.ts';
import type { Priority } from '../priority.ts';
import { RpcError } from '../errors.ts';
import type { Observe } from './events.ts';
import { createOverloadMeter, OverloadSettings } from './overload.ts';

export const AdmissionSettings = Type.Object(
  {
    ...OverloadSettings.properties,
    targetMs: Type.Number({
      default: 5,
      minimum: 0,
      description: 'what a read may wait for its turn while the process is overloaded (CoDel: 5 ms)',
    }),
    boundMs: Type.Number({
      default: 100,
      minimum: 0,
      description:
        'a call of a node that waited longer is refused in any case: another replica has time for it (below 200 ms, when callers give up)',
    }),
    fixedLimit: Type.Optional(
      Type.Number({
        minimum: 1,
        description: 'calls at a time, set by hand instead: for experiments with bad settings',
      }),
    ),
  },
  { additionalProperties: false },
);
export type AdmissionSettings = Static<typeof AdmissionSettings>;

/** The queue of this process: what waits for its one thread. */
export interface OwnQueue {
  /** How long work that is taken up now has been waiting for its turn, ms. */
  waitMs(): number;
}

export const noQueue: OwnQueue = { waitMs: () => 0 };

/** Which part of `targetMs` each priority may wait in an overload: the unimportant is refused first. */
const patience: Record<Priority, number> = { health: Infinity, read: 1, write: 0.5, background: 0 };

/** Whether one more call may begin. One call always may, or nothing would ever be learnt. */
export function isAdmitted(
  { targetMs, queueMs, boundMs }: Pick<AdmissionSettings, 'targetMs' | 'queueMs' | 'boundMs'>,
  { priority, caller }: Pick<Call, 'priority' | 'caller'>,
  { overloaded, waitMs, inFlight }: { overloaded: boolean; waitMs: number; inFlight: number },
): boolean {
  if (priority === 'background') return !overloaded && waitMs < queueMs;
  if (caller !== undefined && waitMs > boundMs) return false;
  return !overloaded || inFlight === 0 || waitMs <= targetMs * patience[priority];
}

export interface AdmissionDependencies {
  readonly clock: Clock;
  readonly queue: OwnQueue;
  readonly observe: Observe;
}

/**
 * Server side: refuses calls while this process is overloaded: `overloaded`, definite, with the time after which to try again. What
 * is accepted stays fast, and the process spends its time on answers that are still wanted.
 *
 * The only evidence of an overload is waiting inside this process. Slower answers are none: where all processes share a few
 * cores, or a node below limps, they get slower without any queue here (Zhou et al., Overload Control for Scaling WeChat
 * Microservices, SoCC 2018, judges by the queueing time for the same reason).
 * Health checks pass. So do calls from within this node, which were admitted with the call that makes them.
 */
export function admission(settings: AdmissionSettings, { clock, queue, observe }: AdmissionDependencies): Layer {
  const meter = createOverloadMeter(settings, clock.now(), observe);
  let inFlight = 0;

  function isWelcome(call: Call): boolean {
    const waitMs = queue.waitMs();
    const overloaded = meter.arrive(waitMs, clock.now());
    if (settings.fixedLimit !== undefined) return inFlight < settings.fixedLimit;
    return isAdmitted(settings, call, { overloaded, waitMs, inFlight });
  }

  return function admission(next) {
    return async (call) => {
      if (call.priority === 'health' || call.endpoint !== undefined) return next(call);
      if (!isWelcome(call)) {
        meter.refuse();
        const waitMs = queue.waitMs();
        observe({ event: 'shed', call, waitMs });
        // About when what waits now will have been worked off.
        const retryAfterMs = Math.min(1_000, Math.max(10, Math.round(2 * waitMs)));
        throw new RpcError('overloaded', 'calls wait too long for their turn in this process', { retryAfterMs });
      }
      inFlight++;
      try {
        return await next(call);
      } finally {
        inFlight--;
      }
    };
  };
}

import Type, { type Static } from 'typebox';
import type { Clock } from '../../../time/clock.ts';
import type { Call, Layer } from '../../call.ts';
import type { Priority } from '../../context.ts';
import { RpcError } from '../../errors.ts';
import type { Observe } from '../events.ts';
import { createOverloadMeter, OverloadSettings } from './overload.ts';

export const AdmissionSettings = Type.Object(
  {
    ...OverloadSettings.properties,
    targetMs: Type.Number({
      default: 5,
      minimum: 0,
      description: 'a read that waits longer is refused while the process is overloaded (CoDel: 5 ms)',
    }),
    boundMs: Type.Number({
      default: 100,
      minimum: 0,
      description:
        'a call from another node is refused after this wait, even without an overload: its caller soon ends the ' +
        'attempt (shortest attempt timeout: 200 ms)',
    }),
    warmUpCalls: Type.Integer({
      default: 3_000,
      minimum: 0,
      description: 'a process refuses nothing before it has served this many calls: it compiles its code meanwhile',
    }),
    fixedLimit: Type.Optional(
      Type.Number({
        minimum: 1,
        description: 'the most calls at a time, instead of the limits on waiting: for experiments with bad settings',
      }),
    ),
  },
  { additionalProperties: false },
);
export type AdmissionSettings = Static<typeof AdmissionSettings>;

/** The queue of this process: the work that waits for its one thread. */
export interface OwnQueue {
  /** How long the work that starts now has waited for its turn, ms. */
  waitMs(): number;
}

export const noQueue: OwnQueue = { waitMs: () => 0 };

/**
 * The part of `targetMs` that a call of each priority may wait during an overload. The least important calls are
 * refused first.
 */
const patience: Record<Priority, number> = { health: Infinity, read: 1, write: 0.5, background: 0 };

/**
 * Whether one more call may begin. An overloaded process still admits a read or a write while no other call runs:
 * without any call, it could not measure the end of the overload.
 */
export function isAdmitted(
  { targetMs, queueMs, boundMs }: Pick<AdmissionSettings, 'targetMs' | 'queueMs' | 'boundMs'>,
  { priority, caller }: Pick<Call, 'priority' | 'caller'>,
  { overloaded, waitMs, inFlight }: { overloaded: boolean; waitMs: number; inFlight: number },
): boolean {
  if (priority === 'background') return !overloaded && waitMs < queueMs;
  if (caller !== undefined && waitMs > boundMs) return false;
  return !overloaded || inFlight === 0 || waitMs <= targetMs * patience[priority];
}

/**
 * A change of policy makes a new layer, but the code of the process stays compiled. So this count outlives the layer.
 */
export interface WarmUp {
  /** Calls that the process has served. */
  served: number;
}

export interface AdmissionDependencies {
  readonly clock: Clock;
  readonly queue: OwnQueue;
  readonly observe: Observe;
  readonly warmUp: WarmUp;
}

/**
 * Server side: refuses calls while this process is overloaded. The error is `overloaded`, definite, and says when to
 * try again. Accepted calls stay fast, and the process spends its time on answers that callers still want.
 *
 * The only evidence of an overload is waiting inside this process. Slower answers are no evidence: where all processes
 * share a few cores, or a node below is slow, answers get slower without any queue here. Zhou et al., Overload Control
 * for Scaling WeChat Microservices, SoCC 2018, judge by the queueing time for the same reason. Health checks are never
 * refused. Calls from within this node are also never refused: the call that makes them was admitted.
 */
export function admission(
  settings: AdmissionSettings,
  { clock, queue, observe, warmUp }: AdmissionDependencies,
): Layer {
  const meter = createOverloadMeter(settings, clock.now(), observe);
  let inFlight = 0;

  function isWelcome(call: Call): boolean {
    const waitMs = queue.waitMs();
    const overloaded = meter.arrive(waitMs, clock.now());
    if (settings.fixedLimit !== undefined) return inFlight < settings.fixedLimit;
    // A new process waits for its own compiler. This wait is not load. The wait ends sooner if the process serves
    // calls, because code is compiled only while it runs.
    return warmUp.served < settings.warmUpCalls || isAdmitted(settings, call, { overloaded, waitMs, inFlight });
  }

  return function admission(next) {
    return async (call) => {
      if (call.priority === 'health' || call.endpoint !== undefined) return next(call);
      if (!isWelcome(call)) {
        meter.refuse();
        const waitMs = queue.waitMs();
        observe({ event: 'shed', call, waitMs });
        // Roughly the time that this process needs for the work that waits now.
        const retryAfterMs = Math.min(1_000, Math.max(10, Math.round(2 * waitMs)));
        throw new RpcError('overloaded', 'calls wait too long for their turn in this process', { retryAfterMs });
      }
      inFlight++;
      try {
        return await next(call);
      } finally {
        inFlight--;
        warmUp.served++;
      }
    };
  };
}

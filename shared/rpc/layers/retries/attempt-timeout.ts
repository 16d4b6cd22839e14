import Type, { type Static } from 'typebox';
import type { Clock } from '../../../time/clock.ts';
import type { Scheduler } from '../../../time/scheduler.ts';
import type { Layer } from '../../call.ts';
import { RpcError } from '../../errors.ts';
import { isRepeatable } from './retryable.ts';
import type { LatencyStatistics } from '../replicas/latency-statistics.ts';
import { callWithin } from '../deadlines/within.ts';

export const AttemptTimeoutSettings = Type.Object(
  {
    quantile: Type.Number({
      default: 0.999,
      minimum: 0.5,
      maximum: 1,
      description: 'quantile of the latencies of this operation, over all replicas',
    }),
    margin: Type.Number({
      default: 3,
      minimum: 1,
      description: 'timeout = this many times the quantile: a slow answer is better than a second attempt',
    }),
    minMs: Type.Number({
      default: 200,
      minimum: 1,
      description: 'shortest timeout: longer than a pause that garbage collection or a busy machine causes',
    }),
    initialMs: Type.Number({ default: 2_000, minimum: 1, description: 'timeout until there are minSamples' }),
    minSamples: Type.Number({ default: 50, minimum: 1 }),
    fixedMs: Type.Optional(
      Type.Number({ minimum: 1, description: 'a fixed timeout instead: for experiments with bad settings' }),
    ),
  },
  { additionalProperties: false },
);
export type AttemptTimeoutSettings = Static<typeof AttemptTimeoutSettings>;

/** How long one attempt may take, ms, if the call has `remainingMs` left until its deadline. */
export function attemptTimeoutMs(
  settings: AttemptTimeoutSettings,
  quantileMs: number | undefined,
  remainingMs: number,
): number {
  const { fixedMs, initialMs, minMs, margin } = settings;
  const wanted = fixedMs ?? (quantileMs === undefined ? initialMs : Math.max(minMs, margin * quantileMs));
  return Math.min(wanted, remainingMs);
}

/**
 * Ends an attempt that takes far longer than usual, so that there is time to ask another replica. One reason is a hung
 * node: it accepts connections and never answers. Rejects with `deadline_exceeded`. The statistics record a timed-out
 * attempt with the time that it took, so the timeout rises when a service really becomes slower. Calls that cannot be
 * repeated wait for their deadline.
 */
export function attemptTimeout(
  settings: AttemptTimeoutSettings,
  { clock, scheduler, statistics }: { clock: Clock; scheduler: Scheduler; statistics: LatencyStatistics },
): Layer {
  return function attemptTimeout(next) {
    return (call) => {
      if (!isRepeatable(call)) return next(call);
      const now = clock.now();
      const known = statistics.of(call.component, call.operation).quantile(settings.quantile, now, settings.minSamples);
      const remainingMs = call.deadlineAt - now;
      const timeoutMs = attemptTimeoutMs(settings, known, remainingMs);
      if (timeoutMs === remainingMs) return next(call);
      return callWithin(next, call, { timeoutMs, deadlineAt: now + timeoutMs }, scheduler, () => {
        const node = call.endpoint?.node;
        const detail = `no answer from ${node ?? call.component} in ${Math.round(timeoutMs)} ms, far longer than usual`;
        return new RpcError('deadline_exceeded', detail, node === undefined ? {} : { node });
      });
    };
  };
}

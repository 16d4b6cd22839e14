import Type, { type Static } from 'typebox';
import type { Clock } from '../../time/clock.ts';
import type { Call, Layer } from '../call.ts';
import { asRpcError } from '../errors.ts';
import type { OwnQueue } from './overload/admission.ts';
import type { ResultCode } from './watch-calls.ts';

export const TraceSettings = Type.Object(
  {
    perSecond: Type.Integer({
      default: 5,
      minimum: 0,
      maximum: 50,
      description:
        'how many random traces per second are kept by a node that users call, besides the slowest and the failed ones',
    }),
    slowest: Type.Integer({
      default: 1,
      minimum: 0,
      maximum: 20,
      description: 'how many of the slowest traces of each second such a node keeps',
    }),
    errors: Type.Integer({
      default: 10,
      minimum: 0,
      maximum: 30,
      description: 'traces of failed requests that such a node keeps per second',
    }),
  },
  { additionalProperties: false },
);
export type TraceSettings = Static<typeof TraceSettings>;

/** Called when a call of another node was answered. `queueMs`: how long it waited for its turn in this process. */
export type WatchServed = (call: Call, code: ResultCode, startedAt: number, queueMs: number) => void;

/**
 * Server side: reports how long each call of another node took here. A call within the node is left out, because its
 * caller already times it.
 */
export function trace({ clock, queue, watch }: { clock: Clock; queue: OwnQueue; watch: WatchServed }): Layer {
  return function trace(next) {
    return (call) => {
      if (!call.trace.sampled || call.endpoint !== undefined) return next(call);
      const startedAt = clock.now();
      const queueMs = queue.waitMs();
      return next(call).then(
        (reply) => {
          watch(call, 'ok', startedAt, queueMs);
          return reply;
        },
        (thrown: unknown) => {
          watch(call, asRpcError(thrown).code, startedAt, queueMs);
          throw thrown;
        },
      );
    };
  };
}

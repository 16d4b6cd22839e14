import type { Clock } from '../../time/clock.ts';
import type { Call, Layer, MaskedBy } from '../call.ts';
import { asRpcError, type ErrorCode } from '../errors.ts';

/** The result of a call or an attempt: `ok` or the code of its error. */
export type ResultCode = 'ok' | ErrorCode;

/** Called once per call. Must not throw. */
export type WatchCall = (call: Call, code: ResultCode, elapsedMs: number, maskedBy: MaskedBy | undefined) => void;

/** Outermost: reports how long whole calls took, with their retries, hedges and waiting, and how they ended. */
export function watchCalls({ clock, watch }: { clock: Clock; watch: WatchCall }): Layer {
  return function watchCalls(next) {
    return (call) => {
      const startedAt = clock.now();
      return next(call).then(
        (reply) => {
          watch(call, 'ok', clock.now() - startedAt, reply.maskedBy);
          return reply;
        },
        (thrown: unknown) => {
          const error = asRpcError(thrown);
          watch(call, error.code, clock.now() - startedAt, undefined);
          throw thrown;
        },
      );
    };
  };
}

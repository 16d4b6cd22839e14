import type { Clock } from '../../time/clock.ts';
import type { Layer } from '../call.ts';
import { RpcError } from '../errors.ts';
import type { Observe } from './events.ts';
import { abortError } from './within.ts';

/**
 * Server side: refuses calls that nobody waits for any more - expired on the way or in a queue, or left by their caller
 * - before any work is done: `deadline_exceeded` and `cancelled`, both definite here. Work that has begun is stopped by
 * the call's signal.
 */
export function expire({ clock, observe }: { clock: Clock; observe: Observe }): Layer {
  return function expire(next) {
    return (call) => {
      if (call.signal.aborted) {
        const { code, message } = abortError(call.signal);
        return Promise.reject(new RpcError(code, message, { definite: true }));
      }
      // Not "<=": NaN is refused too.
      if (call.deadlineAt > clock.now()) return next(call);
      observe({ event: 'expired', call });
      return Promise.reject(
        new RpcError('deadline_exceeded', 'the deadline had passed before the work began', { definite: true }),
      );
    };
  };
}

import type { Clock } from '../../../time/clock.ts';
import type { Layer } from '../../call.ts';
import { RpcError } from '../../errors.ts';
import type { Observe } from '../events.ts';
import { abortError } from './within.ts';

/**
 * Server side: refuses calls that nobody waits for any more, before any work is done. The deadline may have passed on
 * the way or in a queue (`deadline_exceeded`), or the caller may have left (`cancelled`). Both errors are definite
 * here. The call's signal stops work that has begun.
 */
export function expire({ clock, observe }: { clock: Clock; observe: Observe }): Layer {
  return function expire(next) {
    return (call) => {
      if (call.signal.aborted) {
        const { code, message } = abortError(call.signal);
        return Promise.reject(new RpcError(code, message, { definite: true }));
      }
      // This comparison also refuses a deadline that is NaN.
      if (call.deadlineAt > clock.now()) return next(call);
      observe({ event: 'expired', call });
      return Promise.reject(
        new RpcError('deadline_exceeded', 'the deadline had passed before the work began', { definite: true }),
      );
    };
  };
}

import { InvariantViolation } from '../../invariant.ts';
import type { Layer } from '../call.ts';

/** Server side: a violated invariant ends the node before it answers. In a real process, `crash` does not return. */
export function failFast(crash: (violation: InvariantViolation) => void): Layer {
  return function failFast(next) {
    return async (call) => {
      try {
        return await next(call);
      } catch (thrown) {
        if (thrown instanceof InvariantViolation) crash(thrown);
        throw thrown;
      }
    };
  };
}

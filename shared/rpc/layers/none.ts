import type { Layer } from '../call.ts';

/** Does nothing: the template to copy. */
export function none(): Layer {
  return function none(next) {
    return (call) => next(call);
  };
}

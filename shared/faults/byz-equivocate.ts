import { canonicalJson } from '../security/canonical-json.ts';
import { draw } from './draw.ts';
import { faultKind, params } from './fault.ts';
import { lie } from './lies.ts';

/** True for half of the callers; drawn once for each caller. */
export const isDeceived = ({ seed, id }: { readonly seed: number; readonly id: string }, caller: string): boolean =>
  draw(seed, id, caller, 'caller') < 0.5;

/**
 * Answers half of its callers truthfully and the other half falsely, always the same half. No caller can detect this
 * alone. The lie depends on the question, so a repeated question gets the same answer.
 */
export const byzEquivocate = faultKind({
  kind: 'byz.equivocate',
  summary: 'gives different answers to different callers',
  params: params({}),
  serve({ fault, callerOf, draw: drawFor, spare }) {
    return (next) =>
      async function byzEquivocate(call) {
        const reply = await next(call);
        const body = isDeceived(fault, callerOf(call))
          ? lie(reply.body, call.operation, 'semantic', drawFor(canonicalJson(call.request), 'place'))
          : undefined;
        if (body !== undefined) return { ...reply, body };
        spare();
        return reply;
      };
  },
});

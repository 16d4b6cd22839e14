import { canonicalJson } from '../security/canonical-json.ts';
import { draw } from './draw.ts';
import { faultKind, params } from './fault.ts';
import { lie } from './lies.ts';

/** Half of the callers are, drawn once for each of them. */
export const isDeceived = ({ seed, id }: { readonly seed: number; readonly id: string }, caller: string): boolean =>
  draw(seed, id, caller, 'caller') < 0.5;

/**
 * Tells one half of its callers the truth and the other half a lie, each of them consistently: no caller can see it
 * alone. The lie depends on the question, so that asking again gives the same answer.
 */
export const byzEquivocate = faultKind({
  kind: 'byz.equivocate',
  summary: 'tells different callers different things',
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

import { canonicalJson } from '../security/canonical-json.ts';
import { faultKind, params } from './fault.ts';
import { lie } from './lies.ts';

/**
 * Tells one half of its callers the truth and the other half a lie, each of them consistently: no caller can see it alone.
 * The lie depends on the question, so that asking again gives the same answer.
 */
export const byzEquivocate = faultKind({
  kind: 'byz.equivocate',
  summary: 'tells different callers different things',
  params: params({}),
  serve({ callerOf, draw, spare }) {
    return (next) =>
      async function byzEquivocate(call) {
        const reply = await next(call);
        const deceived = draw(callerOf(call), 'caller') < 0.5;
        const body = deceived
          ? lie(reply.body, call.operation, 'semantic', draw(canonicalJson(call.request), 'place'))
          : undefined;
        if (body !== undefined) return { ...reply, body };
        spare();
        return reply;
      };
  },
});

import { canonicalJson } from '../security/canonical-json.ts';
import type { Reply } from '../rpc/call.ts';
import { faultKind, params } from './fault.ts';
import { boundedMap } from './bounded-map.ts';

/**
 * Answers every request with the first reply that it gave to the operation: the reply is well-formed, but belongs to
 * another question.
 */
export const byzReplay = faultKind({
  kind: 'byz.replay',
  summary: 'answers with an old reply to another request',
  params: params({}),
  serve({ spare }) {
    const first = boundedMap<{ request: string; reply: Reply }>(1_000);
    return (next) =>
      async function byzReplay(call) {
        const operation = `${call.component}.${call.operation.name}`;
        const request = canonicalJson(call.request);
        const old = first.get(operation);
        if (old && old.request !== request) return old.reply;
        const reply = await next(call);
        if (!old) first.set(operation, { request, reply });
        spare();
        return reply;
      };
  },
});

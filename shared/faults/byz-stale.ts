import Type from 'typebox';
import { canonicalJson } from '../security/canonical-json.ts';
import { faultKind, params } from './fault.ts';
import { boundedMap } from './bounded-map.ts';

const remembered = 10_000;

/**
 * A replica that no longer follows the others: it answers each request as it did `behind` changes ago. It records the
 * older answers while the fault lasts. If an answer never changed, the fault has no effect, and its count shows that.
 */
export const byzStale = faultKind({
  kind: 'byz.stale',
  summary: 'answers from an old state',
  params: params({
    behind: Type.Integer({
      minimum: 1,
      maximum: 1_000,
      default: 1,
      description: 'how many changes of an answer it lags behind',
    }),
  }),
  serve({ params: { behind }, spare }) {
    const histories = boundedMap<{ text: string; body: unknown }[]>(remembered);
    return (next) =>
      async function byzStale(call) {
        const reply = await next(call);
        const key = `${call.component}.${call.operation.name} ${canonicalJson(call.request)}`;
        const history = histories.get(key) ?? [];
        const text = canonicalJson(reply.body);
        if (history.at(-1)?.text !== text) history.push({ text, body: reply.body });
        if (history.length > behind + 1) history.shift();
        histories.set(key, history);
        const old = history[history.length - 1 - behind];
        if (old && old.text !== text) return { ...reply, body: old.body };
        spare();
        return reply;
      };
  },
});

import Type from 'typebox';
import { faultKind, params } from './fault.ts';
import { findList, replaceAt } from './lies.ts';

/** Some results are withheld: those of `ids`, or a `share` of all, the same ones each time. */
export const byzOmit = faultKind({
  kind: 'byz.omit',
  summary: 'withholds some results',
  params: params({
    ids: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        maxItems: 1_000,
        description: 'withhold these results, instead of a share',
      }),
    ),
    share: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.3,
      description: 'the share of all results that is withheld, the same ones each time',
    }),
  }),
  serve({ params: { ids, share }, draw, spare }) {
    const withheld = (id: string) => (ids ? ids.includes(id) : draw(id, 'withheld') < share);
    return (next) =>
      async function byzOmit(call) {
        const reply = await next(call);
        const list = findList(reply.body);
        const left = list?.items.filter((item) => !withheld(item.id));
        if (list && left && left.length < list.items.length)
          return { ...reply, body: replaceAt(reply.body, list.path, left) };
        spare();
        return reply;
      };
  },
});

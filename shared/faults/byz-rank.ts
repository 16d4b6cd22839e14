import Type from 'typebox';
import { faultKind, params } from './fault.ts';
import { findList, replaceAt } from './lies.ts';

interface Item {
  readonly id: string;
  readonly score?: number;
}

/**
 * The items in the order of `order`. The item at each place gets the score that `items` has at the same place. So the
 * scores still descend, and every local check accepts them.
 */
function reorder(items: readonly Item[], order: readonly Item[]): Item[] {
  return order.map((item, i) => {
    const score = items[i]?.score;
    return score === undefined ? item : { ...item, score };
  });
}

/** The order is wrong: two neighbours are exchanged, or one result (`id`, else the last) is moved to the top. */
export const byzRank = faultKind({
  kind: 'byz.rank',
  summary: 'answers in a wrong order',
  params: params({
    how: Type.Enum(['swap', 'boost'], {
      default: 'swap',
      description: 'swap: two neighbours change places; boost: one result goes to the top',
    }),
    id: Type.Optional(
      Type.String({ minLength: 1, description: 'with boost: this result goes to the top, instead of the last one' }),
    ),
  }),
  check: ({ how, id }) => (id !== undefined && how !== 'boost' ? 'id belongs to boost' : undefined),
  serve({ params: { how, id }, draw, spare }) {
    return (next) =>
      async function byzRank(call) {
        const reply = await next(call);
        const list = findList(reply.body);
        const items: readonly Item[] = list?.items ?? [];
        const order = [...items];
        if (how === 'swap' && items.length > 1) {
          const at = Math.floor(draw(call.requestId, 'place') * (items.length - 1));
          [order[at], order[at + 1]] = [items[at + 1]!, items[at]!];
        }
        if (how === 'boost') {
          const at = id === undefined ? items.length - 1 : items.findIndex((item) => item.id === id);
          if (at > 0) order.unshift(...order.splice(at, 1));
        }
        if (list && order.some((item, i) => item !== items[i]))
          return { ...reply, body: replaceAt(reply.body, list.path, reorder(items, order)) };
        spare();
        return reply;
      };
  },
});

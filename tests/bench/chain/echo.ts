import Type from 'typebox';
import { contract, operation } from '../../../shared/rpc/contract.ts';

/** A payload like that of a `find`: 25 candidates of about 200 bytes. */
export const Item = Type.Object({
  id: Type.String(),
  text: Type.String(),
  counts: Type.Array(Type.Integer()),
  score: Type.Number(),
});
const Items = Type.Object({ items: Type.Array(Item) });
export const echo = contract('echo', { say: operation({ summary: 'says it again', request: Items, response: Items }) });

export const payload = {
  items: Array.from({ length: 25 }, (_, i) => ({
    id: `n0${2_000_000 + i}`,
    text: 'a passage of the page '.repeat(6),
    counts: [0, 1, 2, 0, 0, 1],
    score: i / 25,
  })),
};

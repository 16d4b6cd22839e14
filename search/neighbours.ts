import Type, { type Static } from 'typebox';
import { PageId } from './page.ts';

/** A page next to another page in the order of their ids. */
export const Neighbour = Type.Object({ id: PageId, title: Type.String() });
export type Neighbour = Static<typeof Neighbour>;

/** The pages before and after a page, ascending by id. The page itself is not among them. */
export const Neighbours = Type.Object({ before: Type.Array(Neighbour), after: Type.Array(Neighbour) });
export type Neighbours = Static<typeof Neighbours>;

/** The `size` nearest pages on each side, of those that each shard knows. */
export function nearest(parts: readonly Neighbours[], size: number): Neighbours {
  const inOrder = (pages: readonly Neighbour[]) => pages.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return {
    before: inOrder(parts.flatMap(({ before }) => before)).slice(-size),
    after: inOrder(parts.flatMap(({ after }) => after)).slice(0, size),
  };
}

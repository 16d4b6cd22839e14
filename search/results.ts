import Type, { type Static } from 'typebox';
import type { FindResult } from './found.ts';
import { isWordTerm } from './names.ts';
import type { Plan, SearchRequest } from './plan.ts';
import { Explanation, type Ranked } from './ranked.ts';

/** One line of the results page. `snippet` is plain text; whoever shows it escapes it and marks the words. */
export const Result = Type.Object({
  id: Type.String(),
  title: Type.String(),
  url: Type.String(),
  snippet: Type.String(),
  score: Type.Number(),
  explanation: Type.Optional(Explanation),
});
export type Result = Static<typeof Result>;

export const SearchResults = Type.Object({
  query: Type.String(),
  /** The stems that were looked for: what to mark in the snippets. */
  terms: Type.Array(Type.String()),
  total: Type.Integer(),
  page: Type.Integer(),
  size: Type.Integer(),
  suggestion: Type.Optional(Type.String()),
  /** Why this is not the whole answer; absent where it is. */
  partial: Type.Optional(Type.String()),
  results: Type.Array(Result),
});
export type SearchResults = Static<typeof SearchResults>;

/** The answer to a search, put together from what the tiers gave. Both styles use it, so both give the same bytes. */
export function searchResults(
  search: SearchRequest,
  plan: Plan,
  suggestion: string | undefined,
  found: FindResult,
  ranked: readonly Ranked[],
): SearchResults {
  const candidates = new Map(found.candidates.map((candidate) => [candidate.id, candidate]));
  return {
    query: search.q,
    terms: [...new Set(plan.terms.map(({ term }) => term).filter(isWordTerm))],
    total: found.total,
    page: search.page,
    size: search.size,
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(plan.partial === undefined ? {} : { partial: plan.partial }),
    results: ranked.map(({ id, score, explanation }) => {
      const { title, url, passage } = candidates.get(id)!;
      return { id, title, url, snippet: passage, score, ...(explanation === undefined ? {} : { explanation }) };
    }),
  };
}

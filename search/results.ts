import Type, { type Static } from 'typebox';
import type { FindResult } from './find-result.ts';
import { isWordTerm } from './names.ts';
import type { Plan, SearchRequest } from './plan.ts';
import { Explanation, type Ranked } from './ranked.ts';

/** One result of a search. `snippet` is plain text: the renderer escapes it and marks the words. */
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
  /** The stems of the query. The renderer marks their words in the snippets. */
  terms: Type.Array(Type.String()),
  total: Type.Integer(),
  page: Type.Integer(),
  size: Type.Integer(),
  suggestion: Type.Optional(Type.String()),
  /** Why the answer is incomplete; absent when it is complete. */
  partial: Type.Optional(Type.String()),
  results: Type.Array(Result),
});
export type SearchResults = Static<typeof SearchResults>;

/**
 * The answer to a search, made from the answers of the tiers. Both styles call this function, so both give the same
 * bytes.
 */
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

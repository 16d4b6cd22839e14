import type { FindResult } from './find-result.ts';
import { isWordTerm } from './names.ts';
import type { QueryPlan, SearchRequest } from './plan.ts';
import type { Ranked } from './ranked.ts';
import type { SearchResults } from './results.ts';

/**
 * The answer to a search, made from the answers of the tiers. Both styles call this function, so both give the same
 * bytes.
 */
export function searchResults(
  search: SearchRequest,
  plan: QueryPlan,
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

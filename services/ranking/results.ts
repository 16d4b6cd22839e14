import type { FindResult } from '../database/contract.ts';
import type { Plan, SearchRequest } from '../query/plan.ts';
import type { RequestOf } from '../../shared/rpc/contract.ts';
import type { Ranked, ranking, SearchResults } from './contract.ts';

/** How many candidates each shard must give, so that this page of results is exact: at least a first page and some more. */
export function candidatesFor({ page, size }: SearchRequest): number {
  return Math.min(maxCandidates, Math.max(minCandidates, page * size));
}
const minCandidates = 25;
const maxCandidates = 1_000;

/** What to ask the ranking tier for: only the numbers of the candidates, not their texts. */
export function rankRequest(
  search: SearchRequest,
  plan: Plan,
  found: FindResult,
): RequestOf<(typeof ranking.operations)['rank']> {
  return {
    plan: { terms: plan.terms },
    statistics: found.statistics,
    candidates: found.candidates.map(({ id, frequencies, lengths, popularity }) => ({
      id,
      frequencies,
      lengths,
      popularity,
    })),
    offset: (search.page - 1) * search.size,
    size: search.size,
    explain: search.explain,
  };
}

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
    terms: [...new Set(plan.terms.map(({ term }) => term))],
    total: found.total,
    page: search.page,
    size: search.size,
    ...(suggestion === undefined ? {} : { suggestion }),
    results: ranked.map(({ id, score, explanation }) => {
      const { title, url, passage } = candidates.get(id)!;
      return { id, title, url, snippet: passage, score, ...(explanation === undefined ? {} : { explanation }) };
    }),
  };
}

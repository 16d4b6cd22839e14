import type { FindResult } from '../../search/find-result.ts';
import type { QueryPlan, SearchRequest } from '../../search/plan.ts';
import type { RequestOf } from '../../shared/rpc/contract.ts';
import type { ranking } from './contract.ts';

/** The request to the ranking tier. It has only the numbers of the candidates, not their texts. */
export function rankRequest(
  search: SearchRequest,
  plan: QueryPlan,
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

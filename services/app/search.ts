import type { Context } from '../../shared/rpc/context.ts';
import type { Upstream } from '../../shared/rpc/upstream.ts';
import type { database } from '../database/contract.ts';
import type { FindResult } from '../../search/find-result.ts';
import { findAcrossShards } from '../database/scatter.ts';
import { type AskCentre, noCentre } from '../query/central-statistics.ts';
import type { query } from '../query/contract.ts';
import type { SearchRequest } from '../../search/plan.ts';
import type { ranking } from '../ranking/contract.ts';
import type { SearchResults } from '../../search/results.ts';
import { candidatesFor } from '../../search/candidates.ts';
import { rankRequest } from '../ranking/rank-request.ts';
import { searchResults } from '../../search/search-results.ts';

export interface SearchTiers {
  readonly query: Pick<Upstream<typeof query>, 'plan'>;
  readonly database: Pick<Upstream<typeof database>, 'find'>;
  readonly ranking: Pick<Upstream<typeof ranking>, 'rank'>;
}

/**
 * A search in object-based style. The application server calls each service itself, one after the other, because each
 * call needs the answer of the previous call.
 *
 *     app --> query.plan
 *         --> query.statistics   only if the switch centralStatistics sends this search to one node for the statistics
 *         --> database.find   x shards, in parallel
 *         --> ranking.rank
 */
export async function searchObjectBased(
  tiers: SearchTiers,
  shards: number,
  search: SearchRequest,
  context: Context,
  askCentre: AskCentre = noCentre,
): Promise<SearchResults> {
  const { plan, suggestion } = await tiers.query.plan({ q: search.q }, context);
  const found =
    plan.terms.length === 0
      ? nothing
      : await findAcrossShards(
          tiers.database,
          shards,
          { plan, size: candidatesFor(search) },
          context,
          await askCentre(plan, context),
        );
  const { ranked } =
    found.candidates.length === 0
      ? { ranked: [] }
      : await tiers.ranking.rank(rankRequest(search, plan, found), context);
  return searchResults(search, plan, suggestion, found, ranked);
}

/** The results of a search without words. They need no call. */
export function emptyResults(search: SearchRequest): SearchResults {
  return searchResults(search, { query: search.q, terms: [], phrases: [], exclusions: [] }, undefined, nothing, []);
}

const nothing: FindResult = {
  total: 0,
  statistics: { documents: 0, fieldLengths: [0, 0, 0], frequencies: [] },
  candidates: [],
};

import { component } from '../../shared/cluster/component.ts';
import { inBatches } from '../../shared/rpc/batched.ts';
import { query } from '../query/contract.ts';
import { ranking } from './contract.ts';
import { rank } from './rank.ts';
import { rankRequest } from './rank-request.ts';
import { searchResults } from '../../search/search-results.ts';

/** Orders candidates by relevance and popularity. Deterministic and stateless: any replica gives the same bytes. */
export const rankingComponent = component({
  contract: ranking,
  calls: { query },
  create({ upstream, metrics }) {
    const ordered = metrics
      .counter('tierlab_ranking_candidates_total', 'Candidates that were scored and ordered')
      .labels();
    const order = (request: Parameters<typeof rank>[0]) => {
      ordered.inc(request.candidates.length);
      return rank(request);
    };
    const answer = async (request: Parameters<typeof rank>[0]) => ({ ranked: order(request) });
    return {
      handlers: {
        rank: answer,
        rankMany: inBatches(answer),
        async search(request, context) {
          const { plan, suggestion, found } = await upstream.query.search(request, context);
          const ranked = order(rankRequest(request, plan, found));
          return searchResults(request, plan, suggestion, found, ranked);
        },
      },
    };
  },
});

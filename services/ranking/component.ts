import { component } from '../../shared/cluster/component.ts';
import { query } from '../query/contract.ts';
import { ranking } from './contract.ts';
import { rank } from './rank.ts';
import { rankRequest, searchResults } from './results.ts';

/** Relevance and popularity in, an order out. Deterministic and stateless: any replica gives the same bytes. */
export const rankingComponent = component({
  contract: ranking,
  calls: { query },
  create({ upstream }) {
    return {
      handlers: {
        rank: async (request) => ({ ranked: rank(request) }),
        async search(request, context) {
          const { plan, suggestion, found } = await upstream.query.search(request, context);
          const ranked = rank(rankRequest(request, plan, found));
          return searchResults(request, plan, suggestion, found, ranked);
        },
      },
    };
  },
});

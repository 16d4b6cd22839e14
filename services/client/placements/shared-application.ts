import { clientDepth } from '../../../search/limits.ts';
import { searchResults } from '../../../search/search-results.ts';
import type { SearchResults } from '../../../search/results.ts';
import { rankRequest } from '../../ranking/rank-request.ts';
import { rank } from '../../ranking/rank.ts';
import type { Application } from './application.ts';
import { screenfulOf } from './order.ts';
import type { Wire } from './wire.ts';

/** The server plans and finds. The client ranks; after that it turns pages and sorts without the server. */
export function createSharedApplication(wire: Pick<Wire, 'candidates'>): Pick<Application, 'search'> {
  let all: SearchResults | undefined;

  async function searchAnew(q: string): Promise<SearchResults> {
    const { plan, suggestion, found } = await wire.candidates(q);
    const search = { q, page: 1, size: clientDepth, explain: false };
    const ranked = found.candidates.length === 0 ? [] : rank(rankRequest(search, plan, found));
    return searchResults(search, plan, suggestion, found, ranked);
  }

  return {
    async search(asked, isNew) {
      if (isNew || all?.query !== asked.q) all = await searchAnew(asked.q);
      return screenfulOf(all, asked);
    },
  };
}

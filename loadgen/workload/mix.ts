import type { Random } from '../../shared/time/random.ts';
import { pageRequest, searchQueries, searchRequest, suggestRequest } from './queries.ts';
import type { Answer, Request } from './request.ts';
import type { MixShares, WeightedWords } from './spec.ts';
import type { Workload } from './workload.ts';
import { zipf } from './zipf.ts';

/** The most page ids that are kept from search answers. */
const knownPages = 512;

/**
 * Independent requests in the given shares, words drawn by Zipf. Pages are those that searches have found.
 * Until a search has found one, a search is sent instead of a page request.
 */
export function mixWorkload(spec: { shares: MixShares } & WeightedWords, random: Random): Workload {
  const { words, shares } = spec;
  const law = zipf(words.length, spec.skew);
  const ranks = new Float64Array(words.length);
  const searches = searchQueries(words).map((query) => searchRequest(query));
  const suggests = words.map(suggestRequest);
  const total = shares.search + shares.suggest + shares.page;
  const pages: Request[] = [];
  let learnt = 0;

  function drawRank(): number {
    const rank = law.draw(random);
    ranks[rank - 1] = (ranks[rank - 1] ?? 0) + 1;
    return rank - 1;
  }

  function next(): Request {
    let x = random.next() * total;
    if ((x -= shares.page) < 0 && pages.length > 0) return pages[Math.floor(random.next() * pages.length)] as Request;
    if (x >= 0 && (x -= shares.suggest) < 0) return suggests[drawRank()] as Request;
    return searches[drawRank()] as Request;
  }

  function learn(_request: Request, answer: Answer): void {
    const body = answer.json() as { results?: { id?: unknown }[] } | undefined;
    for (const result of Array.isArray(body?.results) ? body.results : []) {
      if (typeof result.id === 'string') pages[learnt++ % knownPages] = pageRequest(result.id);
    }
  }

  return {
    ranks,
    known: () => [...(shares.search > 0 || shares.page > 0 ? searches : []), ...(shares.suggest > 0 ? suggests : [])],
    source: {
      kind: 'requests',
      next,
      learn,
      wantsBody: (request) => shares.page > 0 && request.name === 'search' && learnt < knownPages,
    },
  };
}

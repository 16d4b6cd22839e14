import type { SearchResults } from '../../../search/results.ts';
import { type Asked, screenSize } from './application.ts';

/** One screen of the best results, in the order that was asked for. `all` is in the order of relevance. */
export function screenfulOf(all: SearchResults, { page, order }: Pick<Asked, 'page' | 'order'>): SearchResults {
  const ordered = order === 'title' ? all.results.toSorted(byTitle) : all.results;
  return { ...all, page, size: screenSize, results: ordered.slice((page - 1) * screenSize, page * screenSize) };
}

/** Sorts by code units, so that the order does not depend on the language settings of the client or the server. */
function byTitle(a: SearchResults['results'][number], b: SearchResults['results'][number]): number {
  if (a.title !== b.title) return a.title < b.title ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

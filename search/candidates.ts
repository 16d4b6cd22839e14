import type { SearchRequest } from './plan.ts';

/**
 * How many candidates each shard must return, so that this page of results is exact. The minimum is enough for a first
 * page and some more results.
 */
export function candidatesFor({ page, size }: SearchRequest): number {
  return Math.min(maxCandidates, Math.max(minCandidates, page * size));
}
const minCandidates = 25;
const maxCandidates = 1_000;

/**
 * How the cache treated a call. `shared`: an equal call was under way, and its answer served both. `stale`: an older
 * answer was served after a failure; the same call also counts as `miss` or `shared`.
 */
export const cacheResults = ['hit', 'miss', 'shared', 'stale'] as const;
export type CacheResult = (typeof cacheResults)[number];

/** Which attempt answered a hedged call. */
export const hedgeWinners = ['first', 'hedge', 'none'] as const;
export type HedgeWinner = (typeof hedgeWinners)[number];

/**
 * How a replica's vote counted. `failed`: no answer, or an invalid one. `undecided`: the vote ended before f + 1
 * answers were equal.
 */
const voteResults = ['majority', 'minority', 'abstained', 'failed', 'undecided'] as const;
export type VoteResult = (typeof voteResults)[number];

/** Counts usual results of layers, for metrics. Exceptional ones are events (events.ts). Must not throw. */
export interface Tally {
  cache(component: string, result: CacheResult): void;
  hedge(component: string, winner: HedgeWinner): void;
  vote(component: string, node: string, result: VoteResult): void;
}

const nothing = (): void => undefined;
export const tallyNothing: Tally = { cache: nothing, hedge: nothing, vote: nothing };

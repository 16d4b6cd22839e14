export const maxQueryLength = 10_000;
/** The last result that can be reached by paging. For the last page, every shard returns this many candidates. */
export const maxDepth = 1_000;
/** A client that ranks, pages and sorts by itself gets only this many of the best results. */
export const clientDepth = 100;
/** The most words of one answer to a client that completes words itself. */
export const maxWords = 20_000;

/** The most terms of one search, so that its work is bounded. Of a longer query, the first words count. */
export const maxTerms = 128;
/** The most terms of one phrase. A script without spaces has one term for each pair of characters. */
export const maxPhraseTerms = 128;
/** The most phrases of one search. Exclusions have the same limit. */
export const maxPhrases = 32;

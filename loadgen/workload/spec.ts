import type { Request } from './request.ts';

/** Which requests are sent, as plain data. */
export type WorkloadSpec =
  | { kind: 'url'; request: Request }
  /** Requests in the order given, over and over. */
  | { kind: 'list'; requests: Request[] }
  | ({ kind: 'mix'; shares: MixShares } & WeightedWords)
  /** A session: suggestions, a search, perhaps its second page, a result and links from it; with pauses. */
  | ({ kind: 'walk'; thinkMs: number; depth: number } & WeightedWords)
  /** A TypeScript file whose default export is a Scenario. */
  | { kind: 'scenario'; file: string; words: string[] };

/** Relative weights of independent requests. */
export interface MixShares {
  search: number;
  suggest: number;
  page: number;
}

export interface WeightedWords {
  /** Most used first. */
  words: string[];
  /** Zipf exponent. */
  skew: number;
}

import type { SearchResults } from '../../../search/results.ts';

export type Order = 'relevance' | 'title';

/** What the user interface shows: one page of the results of a query, in one order. */
export interface Asked {
  readonly q: string;
  readonly page: number;
  readonly order: Order;
}

/** The application as the user interface sees it, wherever it runs. */
export interface Application {
  /**
   * Completes the word that the user types. Absent where only the server could do it, because one request per key is
   * too much.
   */
  readonly suggest?: (typed: string) => Promise<readonly string[]>;
  /** `isNew`: the user searches. Otherwise the user turns to another page of the last search, or sorts it. */
  readonly search: (asked: Asked, isNew: boolean) => Promise<SearchResults>;
}

/** Results on one screen. */
export const screenSize = 10;

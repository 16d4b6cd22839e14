/** One way to divide the search engine between a client and a server. */
export interface PlacementFacts {
  readonly name: PlacementName;
  /** The letter of the placement in a course on distributed systems: `a` is the fattest client, `e` is the thinnest. */
  readonly course: string;
  /** The letter of the placement in Tanenbaum's book: `a` is the thinnest client, `e` is the fattest. */
  readonly book: string;
  /** Where the application is cut in two. */
  readonly cut: string;
  readonly onClient: string;
  readonly onWire: string;
}

export const placementNames = [
  'terminal',
  'user-interface',
  'shared-application',
  'application',
  'data-cache',
] as const;
export type PlacementName = (typeof placementNames)[number];

/** The five placements, from the thinnest client to the fattest. */
export const placements: readonly PlacementFacts[] = [
  {
    name: 'terminal',
    course: 'e',
    book: 'a',
    cut: 'inside the user interface',
    onClient: 'keys and display',
    onWire: 'each key, answered with the finished screen',
  },
  {
    name: 'user-interface',
    course: 'd',
    book: 'b',
    cut: 'between user interface and application',
    onClient: 'all of the user interface, without suggestions',
    onWire: 'a query and a page number, answered with the ranked results of that page',
  },
  {
    name: 'shared-application',
    course: 'c',
    book: 'c',
    cut: 'inside the application',
    onClient: 'also suggestions, ranking, paging, sorting',
    onWire: 'a query, answered with its best 100 candidates of each shard',
  },
  {
    name: 'application',
    course: 'b',
    book: 'd',
    cut: 'between application and database',
    onClient: 'also the query generator',
    onWire: 'a term, answered with its part of the index; page ids, answered with their texts',
  },
  {
    name: 'data-cache',
    course: 'a',
    book: 'e',
    cut: 'inside the database',
    onClient: 'also a cached part of the index and of the texts',
    onWire: 'only what the cache misses; invalidations come with the answers',
  },
];

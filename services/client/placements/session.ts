import type { Key } from './keys.ts';

/** 20 characters and two words. Its plan has three terms: each word, and the whole query as a name. */
export const sessionQuery = 'domesticated animals';

/**
 * The session that compares placements: it types the query key by key, submits it, turns some pages, and sorts by
 * title.
 */
export const sessionKeys = (query = sessionQuery, turns = 3): readonly Key[] => [
  ...query,
  'Enter',
  ...Array.from({ length: turns }, () => 'PageDown'),
  'ByTitle',
];

/**
 * What the user did before the session: the same search, up to page 2. It leaves three terms and two pages in the cache
 * of `data-cache`: five of the eight answers that the session needs.
 */
export const earlierKeys = (query = sessionQuery): readonly Key[] => [...query, 'Enter', 'PageDown'];

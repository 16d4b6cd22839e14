import type { SourcePage } from '../search/source-page.ts';

/** One page as a source of the corpus gives it: popularity and signature come when the data set is built. */
export type CorpusPage = Omit<SourcePage, 'popularity' | 'signature'>;

/** Ids stand in addresses (`/page/<id>`): `.` and `..` fit the alphabet, but browsers resolve them away. */
export function isPageId(id: string): boolean {
  return /^[A-Za-z0-9._~-]{1,128}$/.test(id) && id !== '.' && id !== '..';
}

import type { SourcePage } from '../search/source-page.ts';

/** A page as a source of the corpus gives it. The build adds popularity and signature. */
export type CorpusPage = Omit<SourcePage, 'popularity' | 'signature'>;

/**
 * True for a valid id. Ids are part of addresses (`/page/<id>`). Browsers remove `.` and `..` from an address, so these
 * are no ids.
 */
export function isPageId(id: string): boolean {
  return /^[A-Za-z0-9._~-]{1,128}$/.test(id) && id !== '.' && id !== '..';
}

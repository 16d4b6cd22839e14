import type { StoredPage } from '../../search/page.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import type { Work } from '../../shared/time/work.ts';
import type { Store } from './store.ts';

/** The most characters in one reply. Their JSON keeps the event loop busy for about 10 ms. */
const maxCharacters = 4_000_000;

/** Reads pages one after the other and leaves unknown ids out. A single page is always returned, however long it is. */
export function* readPages(store: Store, ids: readonly string[]): Work<StoredPage[]> {
  const pages: StoredPage[] = [];
  let characters = 0;
  for (const id of ids) {
    const [page] = store.pages([id]);
    if (page === undefined) continue;
    characters += lengthOf(page);
    pages.push(page);
    checkLength(pages.length, characters);
    yield 1_000;
  }
  return pages;
}

/** Throws `too_large` when `pages` pages with so many `characters` are too long for one reply. */
export function checkLength(pages: number, characters: number): void {
  if (pages < 2 || characters <= maxCharacters) return;
  const problem = `the requested pages have over ${maxCharacters} characters together: request fewer pages`;
  throw new RpcError('too_large', problem);
}

function lengthOf({ body, title, links }: StoredPage): number {
  return links.reduce((sum, link) => sum + link.title.length, body.length + title.length);
}

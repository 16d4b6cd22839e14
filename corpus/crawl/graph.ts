import { cutText } from '../../shared/cut-text.ts';
import { maxTitleCharacters, visibleLine } from '../check-page.ts';
import type { CorpusPage } from '../page.ts';
import type { SkipList } from '../report.ts';
import { createIds } from './ids.ts';
import type { Origin } from './origin.ts';
import { decodedPath } from './address.ts';

/** The content of a page; addresses with the same content share it. */
export interface Content {
  readonly title: string;
  readonly text: string;
  readonly keywords: readonly string[];
  /** Link targets, as found in the page. */
  readonly links: readonly string[];
}

/** An address that gave a page. */
export interface Visited {
  readonly address: string;
  readonly content: Content;
  /** The canonical address that the page declares. */
  readonly canonical: string | undefined;
}

/**
 * Turns visited addresses into pages, one for each content. The address of a page is the canonical address, or else the
 * first address that was found. Links are followed through redirects, canonical addresses and duplicates to their final
 * page. Links without a final page are removed. `moved` = redirects, from -> to.
 */
export function toPages(
  name: string,
  origin: Pick<Origin, 'pathOf' | 'label' | 'urlOf'>,
  visited: readonly Visited[],
  moved: ReadonlyMap<string, string>,
  skipped: SkipList,
): CorpusPage[] {
  const pages = new Map(visited.map((page) => [page.address, page]));
  const aliases = new Map(moved);
  const { label } = origin;
  const end = (address: string) => followTo(address, aliases);

  const canonicals = new Set<string>();
  for (const { address, canonical } of visited) {
    const target = canonical === undefined ? address : end(canonical);
    // A canonical address that does not exist, or that leads back here, does not count.
    if (target === address || !pages.has(target)) continue;
    aliases.set(address, target);
    canonicals.add(target);
    skipped.skip(label(address), 'imported under its canonical address', label(target));
  }
  const bestWith = new Map<Content, string>();
  for (const { address, content } of visited) {
    if (aliases.has(address)) continue;
    const other = bestWith.get(content);
    const better = other === undefined || (canonicals.has(address) && !canonicals.has(other));
    if (better) bestWith.set(content, address);
    if (other === undefined) continue;
    const [worse, best] = better ? [other, address] : [address, other];
    aliases.set(worse, best);
    skipped.skip(label(worse), 'same content as another page', label(best));
  }

  const kept = visited.filter(({ address }) => !aliases.has(address));
  const idOf = createIds(name);
  const ids = new Map(kept.map(({ address }) => [address, idOf(origin.pathOf(address))]));
  return kept.map(({ address, content }) => {
    const id = ids.get(address)!;
    const targets = new Set(content.links.map((link) => ids.get(end(link))));
    targets.delete(id);
    targets.delete(undefined);
    return {
      id,
      title: content.title || titleFromPath(origin.pathOf(address)) || name,
      body: content.text,
      keywords: [...content.keywords],
      url: origin.urlOf(address, id),
      links: [...targets].map((target) => ({ id: target!, relation: 'links to' })),
    };
  });
}

/** The address where redirects end. For a circle of redirects, the address itself. */
function followTo(address: string, aliases: ReadonlyMap<string, string>): string {
  const seen = new Set<string>();
  let at = address;
  for (let next = aliases.get(at); next !== undefined; next = aliases.get(at)) {
    if (seen.has(next)) return address;
    seen.add(next);
    at = next;
  }
  return at;
}

/** `docs/getting_started.html` -> `getting started`. A file name may hold any character, a line break, too. */
function titleFromPath(path: string): string {
  const segment =
    decodedPath(path)
      .split('/')
      .findLast((part) => part !== '') ?? '';
  return cutText(visibleLine(segment.replace(/\.\w{1,5}$/, '').replaceAll(/[-_+]+/g, ' ')), maxTitleCharacters);
}

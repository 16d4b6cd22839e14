import { setImmediate } from 'node:timers/promises';
import { throwIfCancelled } from './errors.ts';
import type { CorpusSource } from './sources.ts';

/**
 * The whole corpus without its text. Popularity and the titles of links are made from it. Arrays are indexed by page.
 */
export interface Graph {
  readonly ids: readonly string[];
  readonly titles: readonly string[];
  /** The source of each page. When several sources hold a page of the same id, the last source counts. */
  readonly sourceOf: Uint16Array;
  /** Edge e leads from page `from[e]` to page `to[e]`. */
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  /** How many links were left out because their target does not exist. */
  readonly deadLinks: number;
  /** How many pages were replaced by a page of the same id from a later source. */
  readonly replaced: number;
}

interface CollectOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with the number of pages read. */
  readonly onRead?: (pages: number) => void;
}

const pagesPerTurn = 4_096;

/**
 * Reads all sources once. It yields to other work now and then, so that progress is shown and an abort takes effect.
 */
export async function collectGraph(
  sources: readonly CorpusSource[],
  { signal, onRead }: CollectOptions = {},
): Promise<Graph> {
  const pageOf = new Map<string, number>();
  const titles: string[] = [];
  const sourceOf: number[] = [];
  // Three arrays instead of an array of objects: a corpus has more links than anything else.
  const linkFrom: number[] = [];
  const linkSource: number[] = [];
  const linkTarget: string[] = [];
  let read = 0;

  for (const [source, { pages }] of sources.entries()) {
    for (const page of pages()) {
      const number = pageOf.get(page.id) ?? pageOf.size;
      pageOf.set(page.id, number);
      titles[number] = page.title;
      sourceOf[number] = source;
      for (const link of page.links) {
        linkFrom.push(number);
        linkSource.push(source);
        linkTarget.push(link.id);
      }
      if (++read % pagesPerTurn !== 0) continue;
      onRead?.(read);
      await setImmediate();
      throwIfCancelled(signal);
    }
  }
  onRead?.(read);

  const from = new Uint32Array(linkFrom.length);
  const to = new Uint32Array(linkFrom.length);
  let kept = 0;
  let deadLinks = 0;
  for (const [link, page] of linkFrom.entries()) {
    // The links of a replaced page do not count.
    if (sourceOf[page] !== linkSource[link]) continue;
    const target = pageOf.get(linkTarget[link]!);
    if (target === undefined) {
      deadLinks++;
      continue;
    }
    from[kept] = page;
    to[kept++] = target;
  }
  return {
    ids: [...pageOf.keys()],
    titles,
    sourceOf: Uint16Array.from(sourceOf),
    from: from.subarray(0, kept),
    to: to.subarray(0, kept),
    deadLinks,
    replaced: read - pageOf.size,
  };
}

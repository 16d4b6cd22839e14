import { setImmediate } from 'node:timers/promises';
import { throwIfCancelled } from './errors.ts';
import type { CorpusSource } from './sources.ts';

/** The whole corpus without its text: what popularity and the titles of links are made from. Arrays run by page. */
export interface Graph {
  readonly ids: readonly string[];
  readonly titles: readonly string[];
  /** Which source each page counts from: an id that several sources hold counts from the last of them. */
  readonly sourceOf: Uint16Array;
  /** Edge e leads from page `from[e]` to page `to[e]`. */
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  /** How many links lead to pages that are not there: they are left out. */
  readonly deadLinks: number;
  /** How many pages gave way to one of the same id from a later source. */
  readonly replaced: number;
}

interface CollectOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with the number of pages read. */
  readonly onRead?: (pages: number) => void;
}

const pagesPerTurn = 4_096;

/** Reads all sources once. Lets other work run in between, so that progress shows and an abort is heard. */
export async function collectGraph(
  sources: readonly CorpusSource[],
  { signal, onRead }: CollectOptions = {},
): Promise<Graph> {
  const pageOf = new Map<string, number>();
  const titles: string[] = [];
  const sourceOf: number[] = [];
  // Three arrays instead of one of objects: there are more links than anything else.
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
    // Links of a page that gave way to a later one go with it.
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

import { hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../shared/time/clock.ts';
import { maxBodyCharacters, maxTitleCharacters } from '../check-page.ts';
import { throwIfCancelled } from '../errors.ts';
import type { OnProgress } from '../progress.ts';
import type { SkipList } from '../report.ts';
import { decodeHtml } from './encoding.ts';
import { extract, type Extract } from './extract.ts';
import type { Content, Visited } from './graph.ts';
import { notHtml, type Fetched, type Origin } from './origin.ts';
import { TooDeepError } from './tree.ts';

export interface VisitOptions {
  /** Pages of different content. */
  readonly maxPages: number;
  readonly timeLimitMs: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

export interface Visits {
  readonly visited: readonly Visited[];
  /** Redirects, from -> to. */
  readonly moved: ReadonlyMap<string, string>;
  /** Why it ended before everything was seen. */
  readonly stopped: string | undefined;
}

/** A site that makes up addresses without end is left alone after so many for each page allowed. */
const addressesPerPage = 10;

/** Breadth first from the starts of the origin, until nothing new is found or a limit is reached. */
export async function visit(origin: Origin, options: VisitOptions, skipped: SkipList): Promise<Visits> {
  const { maxPages, timeLimitMs, clock, signal, onProgress } = options;
  const known = new Set(origin.starts);
  const maxKnown = Math.max(known.size, maxPages * addressesPerPage);
  const visited: Visited[] = [];
  const moved = new Map<string, string>();
  const contents = new Map<string, Content>();
  const end = clock.now() + timeLimitMs;
  let done = 0;

  const skip = (address: string, reason: string, detail?: string) =>
    skipped.skip(origin.pathOf(address) || address, reason, detail);

  function discover(address: string): void {
    if (known.size < maxKnown) known.add(address);
  }

  function move(address: string, target: string | undefined, to: string): void {
    if (target === undefined) return skip(address, 'redirects to somewhere else', to);
    moved.set(address, target);
    discover(target);
  }

  function take(address: string, fetched: Fetched & { kind: 'html' }): void {
    const page = understand(fetched);
    if ('wrong' in page) return skip(address, page.wrong);
    const resolve = (href: string) => origin.resolve(href, address, page.base);
    const refresh = page.refresh === undefined ? undefined : resolve(page.refresh);
    if (refresh !== undefined && refresh !== address) return move(address, refresh, refresh);

    const links = page.robots.nofollow
      ? []
      : page.links.map((link) => ({ address: resolve(link.href), furniture: link.furniture }));
    for (const link of links) if (link.address !== undefined) discover(link.address);
    if (page.robots.noindex) return skip(address, 'asks not to be indexed');
    if (page.text === '' && page.title === '') return skip(address, 'no text');

    const canonical = page.canonical === undefined ? undefined : resolve(page.canonical);
    if (canonical !== undefined) discover(canonical);
    const title = page.title.slice(0, maxTitleCharacters);
    const text = page.text.slice(0, maxBodyCharacters);
    const key = hash('sha256', `${title}\n${text}`);
    let content = contents.get(key);
    if (content === undefined)
      contents.set(key, (content = { title, text, keywords: page.keywords, links: telling(links) }));
    visited.push({ address, content, canonical });
  }

  for (const address of known) {
    if (contents.size >= maxPages) return { visited, moved, stopped: `the limit of ${maxPages} pages was reached` };
    if (clock.now() >= end)
      return { visited, moved, stopped: `the time limit of ${timeLimitMs / 1_000} s was reached` };
    onProgress?.({ phase: 'crawl', done: done++, total: known.size });
    await setImmediate();
    throwIfCancelled(signal);
    const fetched = await origin.fetch(address, signal);
    if (fetched.kind === 'skipped') skip(address, fetched.reason, fetched.detail);
    else if (fetched.kind === 'moved') move(address, origin.resolve(fetched.to, address), fetched.to);
    else take(address, fetched);
  }
  onProgress?.({ phase: 'crawl', done, total: known.size });
  const stopped =
    known.size >= maxKnown && known.size > origin.starts.length
      ? `more than ${maxKnown} addresses were found`
      : undefined;
  return { visited, moved, stopped };
}

function understand({ bytes, charset, robots }: Fetched & { kind: 'html' }): Extract | { readonly wrong: string } {
  const { text } = decodeHtml(bytes, charset);
  if (text.slice(0, 1_024).includes('\0')) return { wrong: notHtml };
  try {
    return extract(text, robots);
  } catch (error) {
    if (error instanceof TooDeepError) return { wrong: error.message };
    throw error;
  }
}

/** Menus link everything with everything; they only count on pages that have nothing else. */
function telling(links: readonly { address: string | undefined; furniture: boolean }[]): string[] {
  const all = links.filter((link) => link.address !== undefined);
  const text = all.filter((link) => !link.furniture);
  return [...new Set((text.length > 0 ? text : all).map((link) => link.address!))];
}

import { hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { cutText } from '../../shared/cut-text.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { maxBodyCharacters, maxTitleCharacters } from '../check-page.ts';
import { throwIfCancelled } from '../errors.ts';
import type { OnProgress } from '../progress.ts';
import type { SkipList } from '../report.ts';
import { decodeHtml } from './encoding.ts';
import { extract, type Extract } from './extract.ts';
import { createFrontier } from './frontier.ts';
import type { Content, Visited } from './graph.ts';
import { looksLikeHtml, noText, notHtml, type Fetched, type Origin } from './origin.ts';
import { TooDeepError } from './tree.ts';
import { createVisitParameters } from './visit-parameters.ts';

export interface VisitOptions {
  /** The most pages with different content. */
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
  /** Why the crawl stopped early. */
  readonly stopped: string | undefined;
}

type HtmlAnswer = Fetched & { kind: 'html' };

/** Visits the origin breadth first from its starts, until there is no new address or a limit is reached. */
export async function visit(origin: Origin, options: VisitOptions, skipped: SkipList): Promise<Visits> {
  const { maxPages, timeLimitMs, clock, signal, onProgress } = options;
  const frontier = createFrontier(origin, maxPages, skipped);
  const { skip } = frontier;
  const visited: Visited[] = [];
  const contents = new Map<string, Content>();
  const visitParameters = createVisitParameters();
  const end = clock.now() + timeLimitMs;
  let done = 0;

  function take(address: string, fetched: HtmlAnswer): void {
    const page = understand(fetched);
    if ('wrong' in page) return skip(address, page.wrong, undefined, page.lost);
    const context = { address, base: page.base, encoding: page.encoding };
    const refresh = page.refresh === undefined ? undefined : origin.resolve(page.refresh, context);
    // A page that reloads itself, or that takes turns with others (a slide show), is read as it is.
    if (refresh?.kind === 'inside' && !frontier.closesCircle(address, refresh.address))
      return frontier.move(address, refresh, refresh.address);

    const links = page.links.map(({ href, furniture, nofollow }) => ({
      address: frontier.follow(
        href,
        context,
        nofollow || page.robots.nofollow ? 'a link that asks not to be followed' : undefined,
      ),
      furniture,
    }));
    if (page.robots.noindex) return skip(address, 'asks not to be indexed');
    if (page.text === '' && page.title === '') return skip(address, noText);

    const { canonical } = page;
    const title = cutText(page.title, maxTitleCharacters);
    const text = cutText(page.text, maxBodyCharacters);
    const label = origin.label(address);
    if (title.length < page.title.length) skipped.warn(label, `the title was cut at ${maxTitleCharacters} characters`);
    if (text.length < page.text.length) skipped.warn(label, `the text was cut at ${maxBodyCharacters} characters`);
    if (page.implausible) skipped.warn(label, 'many characters look wrong', `read as ${page.encoding}`);
    const key = hash('sha256', JSON.stringify([title, text]));
    let content = contents.get(key);
    if (content === undefined)
      contents.set(key, (content = { title, text, keywords: page.keywords, links: telling(links) }));
    visitParameters.answered(address, content);
    const canonicalTarget = canonical === undefined ? undefined : origin.resolve(canonical, context);
    visited.push({
      address,
      content,
      canonical: canonicalTarget?.kind === 'inside' ? frontier.discover(canonicalTarget) : undefined,
    });
  }

  async function run(): Promise<string | undefined> {
    for (const address of frontier.addresses()) {
      if (contents.size >= maxPages) return `the limit of ${maxPages} pages was reached`;
      if (clock.now() >= end) return `the time limit of ${timeLimitMs / 1_000} s was reached`;
      onProgress?.({ phase: 'crawl', done: done++, total: frontier.size() });
      await setImmediate();
      throwIfCancelled(signal);
      const repeated = visitParameters.repeats(address);
      if (repeated !== undefined) {
        frontier.moved.set(address, repeated);
        skip(address, 'differs in a session parameter only', `the same page as ${origin.label(repeated)}`);
        continue;
      }
      const fetched = await origin.fetch(address, signal);
      if (fetched.kind === 'gone') return fetched.why;
      if (fetched.kind === 'skipped') skip(address, fetched.reason, fetched.detail, fetched.lost);
      else if (fetched.kind === 'moved') frontier.move(address, origin.resolve(fetched.to, { address }), fetched.to);
      else take(address, fetched);
    }
    onProgress?.({ phase: 'crawl', done, total: frontier.size() });
    return frontier.overflow();
  }

  for (const { where, reason, lost } of origin.leftOut) skipped.skip(where, reason, undefined, lost);
  const stopped = await run();
  frontier.reportLeftOut();
  return { visited, moved: frontier.moved, stopped };
}

type Page = Extract & { readonly encoding: string; readonly implausible: boolean };

function understand({
  bytes,
  charset,
  xml,
  robotsHeaders,
  refreshHeader,
}: HtmlAnswer): Page | { readonly wrong: string; readonly lost: boolean } {
  const { text, encoding, implausible } = decodeHtml(bytes, { charset, xml });
  if (text.slice(0, 1_024).includes('\0') && !looksLikeHtml(bytes)) return { wrong: notHtml, lost: false };
  try {
    return { ...extract(text, { robotsHeaders, refreshHeader, xml }), encoding, implausible };
  } catch (error) {
    if (error instanceof TooDeepError) return { wrong: error.message, lost: true };
    throw error;
  }
}

/** Menus link every page with every page, so their links count only on pages without other links. */
function telling(links: readonly { address: string | undefined; furniture: boolean }[]): string[] {
  const all = links.filter((link) => link.address !== undefined);
  const text = all.filter((link) => !link.furniture);
  return [...new Set((text.length > 0 ? text : all).map((link) => link.address!))];
}

import { hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { cutText } from '../../shared/cut-text.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { maxBodyCharacters, maxTitleCharacters } from '../check-page.ts';
import { throwIfCancelled } from '../errors.ts';
import type { OnProgress } from '../progress.ts';
import type { SkipList } from '../report.ts';
import { addressKey } from './address.ts';
import { decodeHtml } from './encoding.ts';
import { extract, type Extract } from './extract.ts';
import type { Content, Visited } from './graph.ts';
import {
  looksLikeHtml,
  noText,
  notHtml,
  type Fetched,
  type LinkContext,
  type Origin,
  type LinkTarget,
} from './origin.ts';
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

/** The most addresses for each allowed page. It bounds the work on sites that generate endless addresses. */
const addressesPerPage = 10;
/** The same limit as in browsers (Fetch Standard, "HTTP-redirect fetch"). */
const maxRedirects = 20;

type HtmlAnswer = Fetched & { kind: 'html' };

/** Visits the origin breadth first from its starts, until there is no new address or a limit is reached. */
export async function visit(origin: Origin, options: VisitOptions, skipped: SkipList): Promise<Visits> {
  const { maxPages, timeLimitMs, clock, signal, onProgress } = options;
  /** Key -> the first spelling of the address. It is requested, and it represents all other spellings. */
  const known = new Map(origin.starts.map((start) => [addressKey(start), start]));
  const maxKnown = Math.max(known.size, maxPages * addressesPerPage);
  const leftOut = new Map<string, { where: string; reason: string }>();
  const visited: Visited[] = [];
  const moved = new Map<string, string>();
  const redirects = new Map<string, number>();
  const contents = new Map<string, Content>();
  const visitParameters = createVisitParameters();
  const end = clock.now() + timeLimitMs;
  let done = 0;

  const skip = (address: string, reason: string, detail?: string, lost?: boolean) =>
    skipped.skip(origin.label(address), reason, detail, lost);

  /** The spelling under which the target is known, or undefined when it will not be visited. */
  function discover(target: LinkTarget | undefined): string | undefined {
    if (target === undefined) return undefined;
    if (target.kind === 'outside') return leave(target.where, target.where, target.reason);
    const key = addressKey(target.address);
    const spelling = known.get(key);
    if (spelling !== undefined) return spelling;
    if (known.size >= maxKnown) return undefined;
    known.set(key, target.address);
    return target.address;
  }

  /** Notes a link that is not followed. It is reported at the end, unless another link leads to the same address. */
  function leave(key: string, where: string, reason: string): undefined {
    if (leftOut.size < maxKnown) leftOut.set(key, { where, reason });
  }

  /** True when a redirect from one address to another closes a circle. Until then, redirects form no circle. */
  function closesCircle(from: string, to: string): boolean {
    for (let at: string | undefined = to; at !== undefined; at = moved.get(at)) if (at === from) return true;
    return false;
  }

  function move(address: string, target: LinkTarget | undefined, to: string): void {
    if (target?.kind !== 'inside') return skip(address, 'redirects to somewhere else', to);
    // Such a server usually waits for a cookie, so a page is missing.
    if (closesCircle(address, spellingOf(target.address))) {
      return skip(address, 'redirects in a circle', origin.label(target.address), true);
    }
    const hops = (redirects.get(address) ?? 0) + 1;
    if (hops > maxRedirects) return skip(address, 'redirects too often', undefined, true);
    const found = discover(target);
    if (found === undefined) return;
    redirects.set(found, Math.max(hops, redirects.get(found) ?? 0));
    moved.set(address, found);
  }

  /**
   * The address that a link leads to, or undefined when it is not followed. `refused` = the reason not to follow it.
   */
  function follow(href: string, context: LinkContext, refused: string | undefined): string | undefined {
    const target = origin.resolve(href, context);
    if (target?.kind !== 'inside' || refused === undefined) return discover(target);
    return leave(addressKey(target.address), origin.label(target.address), refused);
  }

  function spellingOf(address: string): string {
    return known.get(addressKey(address)) ?? address;
  }

  function take(address: string, fetched: HtmlAnswer): void {
    const page = understand(fetched);
    if ('wrong' in page) return skip(address, page.wrong, undefined, page.lost);
    const context = { address, base: page.base, encoding: page.encoding };
    const refresh = page.refresh === undefined ? undefined : origin.resolve(page.refresh, context);
    // A page that reloads itself, or that takes turns with others (a slide show), is read as it is.
    if (refresh?.kind === 'inside' && !closesCircle(address, spellingOf(refresh.address)))
      return move(address, refresh, refresh.address);

    const links = page.links.map(({ href, furniture, nofollow }) => ({
      address: follow(
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
      canonical: canonicalTarget?.kind === 'inside' ? discover(canonicalTarget) : undefined,
    });
  }

  async function run(): Promise<string | undefined> {
    for (const address of known.values()) {
      if (contents.size >= maxPages) return `the limit of ${maxPages} pages was reached`;
      if (clock.now() >= end) return `the time limit of ${timeLimitMs / 1_000} s was reached`;
      onProgress?.({ phase: 'crawl', done: done++, total: known.size });
      await setImmediate();
      throwIfCancelled(signal);
      const repeated = visitParameters.repeats(address);
      if (repeated !== undefined) {
        moved.set(address, repeated);
        skip(address, 'differs in a session parameter only', `the same page as ${origin.label(repeated)}`);
        continue;
      }
      const fetched = await origin.fetch(address, signal);
      if (fetched.kind === 'gone') return fetched.why;
      if (fetched.kind === 'skipped') skip(address, fetched.reason, fetched.detail, fetched.lost);
      else if (fetched.kind === 'moved') move(address, origin.resolve(fetched.to, { address }), fetched.to);
      else take(address, fetched);
    }
    onProgress?.({ phase: 'crawl', done, total: known.size });
    if (known.size < maxKnown || known.size <= origin.starts.length) return undefined;
    return `more than ${maxKnown} addresses were found`;
  }

  for (const { where, reason, lost } of origin.leftOut) skipped.skip(where, reason, undefined, lost);
  const stopped = await run();
  for (const [key, { where, reason }] of leftOut) if (!known.has(key)) skipped.skip(where, reason);
  return { visited, moved, stopped };
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

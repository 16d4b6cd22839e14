import type { SkipList } from '../report.ts';
import { addressKey } from './address.ts';
import type { LinkContext, LinkTarget, Origin } from './origin.ts';

/** The most addresses for each allowed page. It bounds the work on sites that generate endless addresses. */
const addressesPerPage = 10;
/** The same limit as in browsers (Fetch Standard, "HTTP-redirect fetch"). */
const maxRedirects = 20;

/** The addresses that a crawl knows, the redirects between them, and the links that it does not follow. */
export function createFrontier(origin: Origin, maxPages: number, skipped: SkipList) {
  /** Key -> the first spelling of the address. It is requested, and it represents all other spellings. */
  const known = new Map(origin.starts.map((start) => [addressKey(start), start]));
  const maxKnown = Math.max(known.size, maxPages * addressesPerPage);
  const leftOut = new Map<string, { where: string; reason: string }>();
  const moved = new Map<string, string>();
  const redirects = new Map<string, number>();

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
    const first = known.get(addressKey(to)) ?? to;
    for (let at: string | undefined = first; at !== undefined; at = moved.get(at)) if (at === from) return true;
    return false;
  }

  return {
    /** All addresses, also those that are discovered during the iteration. */
    addresses: () => known.values(),
    size: () => known.size,
    /** Why some addresses may be missing. */
    overflow: (): string | undefined =>
      known.size < maxKnown || known.size <= origin.starts.length
        ? undefined
        : `more than ${maxKnown} addresses were found`,
    /** Redirects, from -> to. */
    moved,
    skip,
    discover,
    closesCircle,
    move(address: string, target: LinkTarget | undefined, to: string): void {
      if (target?.kind !== 'inside') return skip(address, 'redirects to somewhere else', to);
      // Such a server usually waits for a cookie, so a page is missing.
      if (closesCircle(address, target.address))
        return skip(address, 'redirects in a circle', origin.label(target.address), true);
      const hops = (redirects.get(address) ?? 0) + 1;
      if (hops > maxRedirects) return skip(address, 'redirects too often', undefined, true);
      const found = discover(target);
      if (found === undefined) return;
      redirects.set(found, Math.max(hops, redirects.get(found) ?? 0));
      moved.set(address, found);
    },
    /**
     * The address that a link leads to, or undefined when it is not followed. `refused` = the reason not to follow it.
     */
    follow(href: string, context: LinkContext, refused: string | undefined): string | undefined {
      const target = origin.resolve(href, context);
      if (target?.kind !== 'inside' || refused === undefined) return discover(target);
      return leave(addressKey(target.address), origin.label(target.address), refused);
    },
    reportLeftOut(): void {
      for (const [key, { where, reason }] of leftOut) if (!known.has(key)) skipped.skip(where, reason);
    },
  };
}

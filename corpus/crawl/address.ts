/** What belongs to a crawl: addresses of one origin, below one path. */
export interface Scope {
  readonly origin: string;
  /** Ends with a slash. */
  readonly path: string;
}

const maxAddressCharacters = 2_000;

/** Parameters that name the visit, not the page. */
const trackingParameter = /^(?:utm_\w+|fbclid|gclid|msclkid|phpsessid|jsessionid|sid|sessionid)$/i;

/**
 * The one spelling of an address, so that a page reached in several ways is one page: no fragment, no session or tracking
 * parameters, other parameters sorted, percent-encoding as upper-case hex and only where needed. Undefined for what is no
 * web address.
 */
export function normalise(href: string, base?: string): string | undefined {
  const url = URL.parse(href.trim(), base);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  url.hash = '';
  url.username = '';
  url.password = '';
  url.pathname = url.pathname.replace(/;jsessionid=[^/;]*/i, '').replaceAll(/%[0-9a-f]{2}/gi, (escape) => {
    const character = String.fromCodePoint(Number.parseInt(escape.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : escape.toUpperCase();
  });
  const kept = [...url.searchParams].filter(([name]) => !trackingParameter.test(name));
  url.search = new URLSearchParams(kept.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))).toString();
  return url.href.length <= maxAddressCharacters ? url.href : undefined;
}

/**
 * Everything below the start: its folder where it names a file (`/docs/index.html` -> `/docs/`), else itself
 * (`/docs` -> `/docs/`).
 */
export function scopeOf(start: string): Scope {
  const { origin, pathname } = new URL(start);
  const last = pathname.slice(pathname.lastIndexOf('/') + 1);
  const path = last.includes('.') ? pathname.slice(0, -last.length) : last === '' ? pathname : `${pathname}/`;
  return { origin, path };
}

export function inScope(address: string, scope: Scope): boolean {
  const { origin, pathname } = new URL(address);
  return origin === scope.origin && (pathname.startsWith(scope.path) || `${pathname}/` === scope.path);
}

/** Where the name or address leads to this machine only. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

import { normaliseEscapes } from './percent-encoding.ts';

/** The addresses of a crawl: those of one origin, below one path. */
export interface CrawlScope {
  readonly origin: string;
  /** Ends with a slash; percent-encoding is normalised. */
  readonly path: string;
}

/** Servers should accept 8,000 octets (RFC 9110, section 4.1); many accept no more. */
export const maxAddressCharacters = 8_000;

/** Parameters that often name the visit instead of the page. Only the answers tell whether they do. */
const visitParameter = /^(?:utm_\w+|fbclid|gclid|msclkid|phpsessid|jsessionid|sid|sessionid|session_id)$/i;

/** Endings of pages. Another last segment with a dot (`v1.2`, `node.js`) may name a folder. */
const pageEnding = /\.(?:x?html?|shtml|md|txt|php\d?|phtml|aspx?|jspx?|cgi|pl|cfm|do)$/i;

/**
 * The address that a browser requests when it follows `href`: as written, without fragment and password. Undefined when
 * `href` is not a web address.
 */
export function requestedAddress(href: string, base?: string): string | undefined {
  const url = URL.parse(href, base);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  url.hash = '';
  url.username = '';
  url.password = '';
  return url.href;
}

/**
 * A key that is equal for two spellings of one address. It is only for comparing; requests use the address as it was
 * written.
 */
export function addressKey(address: string): string {
  const url = new URL(address);
  return url.origin + normaliseEscapes(url.pathname + url.search);
}

/** The address without parameters that may name the visit instead of the page (`?PHPSESSID=7`, `;jsessionid=7`). */
export function withoutVisitParameters(address: string): string {
  const url = new URL(address);
  const path = url.pathname.replaceAll(/;jsessionid=[^/;]*/gi, '');
  const parameters = url.search
    .slice(1)
    .split('&')
    .filter((parameter) => !visitParameter.test(parameter.split('=', 1)[0] ?? ''));
  return `${url.origin}${path}${parameters.join('&') === '' ? '' : `?${parameters.join('&')}`}`;
}

/**
 * The scope of a start address: its folder if it names a page (`/docs/index.html` -> `/docs/`), else the address itself
 * (`/docs` -> `/docs/`, `/docs/v1.2` -> `/docs/v1.2/`).
 */
export function scopeOf(start: string): CrawlScope {
  const { origin } = new URL(start);
  const pathname = pathOf(start);
  const last = pathname.slice(pathname.lastIndexOf('/') + 1);
  const path = pageEnding.test(last) ? pathname.slice(0, -last.length) : last === '' ? pathname : `${pathname}/`;
  return { origin, path };
}

export function inScope(address: string, scope: CrawlScope): boolean {
  const pathname = pathOf(address);
  return new URL(address).origin === scope.origin && `${pathname}/`.startsWith(scope.path);
}

/** Path and query below the scope, for messages and ids; empty for the root of the scope. */
export function pathBelow(address: string, scope: CrawlScope): string {
  const { search } = new URL(address);
  return pathOf(address).slice(scope.path.length) + search;
}

function pathOf(address: string): string {
  return normaliseEscapes(new URL(address).pathname);
}

/** A path without percent-encoding. If the encoding is invalid, the path stays as it is. */
export function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

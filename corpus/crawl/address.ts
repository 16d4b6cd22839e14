import type { LinkTarget } from './origin.ts';
import { normaliseEscapes } from './percent-encoding.ts';

/** The addresses of a crawl: those of one origin, below one path. */
export interface CrawlScope {
  readonly origin: string;
  /** Ends with a slash; percent-encoding is normalised. */
  readonly path: string;
}

const leadsElsewhere = 'a link to somewhere else';

/** Servers should accept 8,000 octets (RFC 9110, section 4.1); many accept no more. */
export const maxAddressCharacters = 8_000;

/** Parameters that often name the visit instead of the page. Only the answers tell whether they do. */
const visitParameter = new RegExp(
  '^(?:utm_\\w+|mtm_\\w+|pk_(?:campaign|kwd|source)|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|igshid|mc_[ce]id|' +
    '_g[al]|phpsessid|jsessionid|aspsessionid\\w*|oscsid|zenid|cfid|cftoken|sid|sess|sessid|sess_id|session|' +
    'sessionid|session_id)$',
  'i',
);
/** The same in a path: `;jsessionid=7` (Java), `/(S(7))/` (ASP.NET). */
const visitInPath = /;(?:jsessionid|phpsessid|sid)=[^/;]*|\/\([a-z]\([a-z0-9]+\)\)/gi;

/** Endings of HTML files. `page.html.de`: Apache stores the languages of a page in this way. */
const html = String.raw`x?html?(?:\.[a-z]{2}(?:-[a-z]{2})?)?|xht|shtml`;
export const htmlEnding = new RegExp(String.raw`\.(?:${html})$`, 'i');

/** Endings of pages. Another last segment with a dot (`v1.2`, `node.js`) may name a folder. */
const pageEnding = new RegExp(
  String.raw`\.(?:${html}|md|txt|php\d?|phtml|aspx?|jspx?|jsf|cgi|pl|py|cfm|do|action)$`,
  'i',
);

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

/** The address from which relative links start: the declared base, if browsers accept it. */
export function baseOf(address: string, declared: string | undefined): string {
  return (declared !== undefined && requestedAddress(declared, address)) || address;
}

/**
 * The target of a link that leads out of the crawl. Undefined for a link that leads to no place at all (`mailto:`,
 * `javascript:`).
 */
export function outside(href: string, base: string): LinkTarget | undefined {
  const url = URL.parse(href, base);
  if (url === null) return { kind: 'outside', where: href, reason: 'a link that is no valid address' };
  if (url.host === '' && url.protocol !== 'file:') return undefined;
  return { kind: 'outside', where: requestedAddress(href, base) ?? url.href, reason: leadsElsewhere };
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
  const path = url.pathname.replaceAll(visitInPath, '');
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

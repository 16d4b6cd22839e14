import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What a signature covers: all that a reader is shown, and the version, so that an old page cannot pass for a new one.
 */
export interface SignedPage {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly keywords: readonly string[];
  readonly category?: string | undefined;
  readonly url: string;
  readonly links: readonly { readonly id: string; readonly relation: string }[];
}

/** The version of a page that was never changed since it was imported. */
export const firstVersion = 1;

/**
 * The one byte string of a page at a version: a JSON array in fixed order. No two pages that a reader could tell apart
 * share it, because JSON quotes what separates the parts. Half a surrogate pair counts as U+FFFD: that is what UTF-8
 * makes of it in the store, so a page has the same signature before and after it was stored. The titles of link targets
 * are not part of it: they belong to other pages, which are signed themselves.
 */
export function canonical(page: SignedPage, version: number): string {
  const links = page.links.map((link) => [link.id, link.relation]);
  const category = page.category === undefined ? [] : [page.category];
  const parts = [
    'tierlab-page-1',
    version,
    page.id,
    page.title,
    page.url,
    page.keywords,
    links,
    page.body,
    ...category,
  ];
  const text = JSON.stringify(parts);
  // JSON writes halves, and nothing else but a quoted backslash, as `\ud...`: few pages are written twice.
  if (!text.includes('\\ud')) return text;
  return JSON.stringify(parts, (_key, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value));
}

/** HMAC-SHA256 (RFC 2104) of the page at a version, base64url, 43 characters. */
export function signPage(key: Uint8Array, page: SignedPage, version: number): string {
  return createHmac('sha256', key).update(canonical(page, version)).digest('base64url');
}

/**
 * True when `signature` was made with `key` over exactly this page and version. Takes as long for every wrong
 * signature.
 */
export function verifyPage(key: Uint8Array, page: SignedPage, version: number, signature: string): boolean {
  const expected = Buffer.from(signPage(key, page, version));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

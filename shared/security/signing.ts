import { createHmac, timingSafeEqual } from 'node:crypto';

/** A signature covers everything that a reader sees, and the version, so that an old page cannot pass for a new one. */
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
 * The text that is signed for a page at a version: a JSON array in fixed order. Two different pages never have the same
 * string, because JSON quotes the separators. Half a surrogate pair counts as U+FFFD, as in UTF-8, so a page has the
 * same signature before and after it is stored. The titles of link targets are left out: they belong to other pages,
 * which have their own signatures.
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
  // JSON contains `\ud` only where the text has half a surrogate pair, or a backslash before "ud". So few pages need
  // the second pass.
  if (!text.includes('\\ud')) return text;
  return JSON.stringify(parts, (_key, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value));
}

/** HMAC-SHA256 (RFC 2104) of the page at a version, base64url, 43 characters. */
export function signPage(key: Uint8Array, page: SignedPage, version: number): string {
  return createHmac('sha256', key).update(canonical(page, version)).digest('base64url');
}

/**
 * True when `signature` was made with `key` over exactly this page and version. The comparison takes the
 * same time for every wrong signature.
 */
export function verifyPage(key: Uint8Array, page: SignedPage, version: number, signature: string): boolean {
  const expected = Buffer.from(signPage(key, page, version));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

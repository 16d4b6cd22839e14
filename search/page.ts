import Type, { type Static } from 'typebox';

export const PageId = Type.String({ pattern: '^[A-Za-z0-9._~-]{1,128}$' });

export const Link = Type.Object({ id: PageId, title: Type.String(), relation: Type.String() });
export type Link = Static<typeof Link>;

/** A page as users get it. */
export const Page = Type.Object({
  id: PageId,
  title: Type.String(),
  body: Type.String(),
  keywords: Type.Array(Type.String()),
  /** The kind of page, if its source gives one. It is a filter (`category:`), not part of the text. */
  category: Type.Optional(Type.String()),
  /** The address of the original; `/page/<id>` for pages that have no address of their own. */
  url: Type.String(),
  links: Type.Array(Link),
});
export type Page = Static<typeof Page>;

/**
 * A page as it is stored. The writer signed the page together with its version. Readers that hold the key check the
 * signature (shared/integrity/page-check.ts).
 */
export const StoredPage = Type.Object({
  ...Page.properties,
  version: Type.Integer({ minimum: 1 }),
  signature: Type.Optional(Type.String()),
});
export type StoredPage = Static<typeof StoredPage>;

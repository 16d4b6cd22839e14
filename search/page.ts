import Type, { type Static } from 'typebox';

export const PageId = Type.String({ pattern: '^[A-Za-z0-9._~-]{1,128}$' });

export const Link = Type.Object({ id: PageId, title: Type.String(), relation: Type.String() });
export type Link = Static<typeof Link>;

/** A page as a reader gets it. */
export const Page = Type.Object({
  id: PageId,
  title: Type.String(),
  body: Type.String(),
  keywords: Type.Array(Type.String()),
  /** What kind of page it is, where its source says so: a filter (`category:`), no text. */
  category: Type.Optional(Type.String()),
  /** Where it came from; `/page/<id>` for pages that have no address of their own. */
  url: Type.String(),
  links: Type.Array(Link),
});
export type Page = Static<typeof Page>;

/**
 * A page as it is stored: whoever wrote it signed it at its version. Readers that hold the key check that
 * (shared/integrity/page-check.ts).
 */
export const StoredPage = Type.Object({
  ...Page.properties,
  version: Type.Integer({ minimum: 1 }),
  signature: Type.Optional(Type.String()),
});
export type StoredPage = Static<typeof StoredPage>;

import Type, { type Static } from 'typebox';
import { Format, Style, Via } from './making.ts';
import { Page, PageId } from './page.ts';
import { SearchRequest } from './plan.ts';
import { SearchResults } from './results.ts';

/** The requests of users, and their answers. The client, the gateway and the application server pass them on. */
export const UserSearchRequest = Type.Object({
  search: SearchRequest,
  /** The topology's style when absent. */
  style: Type.Optional(Style),
  format: Format,
  via: Via,
});
export type UserSearchRequest = Static<typeof UserSearchRequest>;

export const UserSearchResponse = Type.Object({
  results: SearchResults,
  tookMs: Type.Number(),
  html: Type.Optional(Type.String()),
});
export type UserSearchResponse = Static<typeof UserSearchResponse>;

export const UserPageRequest = Type.Object({ id: PageId, format: Format, via: Via });
export type UserPageRequest = Static<typeof UserPageRequest>;

export const UserPageResponse = Type.Object({ page: Page, html: Type.Optional(Type.String()) });
export type UserPageResponse = Static<typeof UserPageResponse>;

export const SuggestRequest = Type.Object({
  prefix: Type.String({ maxLength: 200 }),
  size: Type.Integer({ minimum: 1, maximum: 20 }),
});
export type SuggestRequest = Static<typeof SuggestRequest>;

export const SuggestResponse = Type.Object({ suggestions: Type.Array(Type.String()) });
export type SuggestResponse = Static<typeof SuggestResponse>;

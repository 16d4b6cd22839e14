import Type, { type Static } from 'typebox';
import { contract, operation } from '../../shared/rpc/contract.ts';
import { Page, PageId } from '../database/contract.ts';
import { SearchRequest, query } from '../query/contract.ts';
import { SearchResults } from '../ranking/contract.ts';

export const Style = Type.Union([Type.Literal('object-based'), Type.Literal('layered')]);
export type Style = Static<typeof Style>;
export const Format = Type.Union([Type.Literal('html'), Type.Literal('json')]);
export type Format = Static<typeof Format>;

/** The nodes that the request came through so far, outermost first: the page shows its whole path. Each tier adds its node. */
export const Via = Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 16 }));

export const AppSearchRequest = Type.Object({
  search: SearchRequest,
  /** The topology's style when absent. */
  style: Type.Optional(Style),
  format: Format,
  via: Via,
});
export const AppSearchResponse = Type.Object({
  results: SearchResults,
  tookMs: Type.Number(),
  html: Type.Optional(Type.String()),
});
export const AppPageRequest = Type.Object({ id: PageId, format: Format, via: Via });
export const AppPageResponse = Type.Object({ page: Page, html: Type.Optional(Type.String()) });

export const app = contract('app', {
  search: operation({
    summary: 'Runs a search over the tiers below',
    composite: true,
    request: AppSearchRequest,
    response: AppSearchResponse,
  }),
  page: operation({
    summary: 'One page of the corpus; `not_found` where there is none of this id',
    composite: true,
    request: AppPageRequest,
    response: AppPageResponse,
  }),
  suggest: operation({
    summary: 'Completes what the user is typing',
    composite: true,
    request: query.operations.suggest.request,
    response: query.operations.suggest.response,
  }),
});

import Type, { type Static } from 'typebox';
import { contract, operation } from '../../shared/rpc/contract.ts';
import { Page } from '../database/contract.ts';
import { SearchRequest } from '../query/contract.ts';
import { SearchResults } from '../ranking/contract.ts';

/** What a page shows about its own making. */
export const Making = Type.Object({
  tookMs: Type.Number(),
  /** The nodes that handed the request down, outermost first: client, gateway, application server. */
  via: Type.Array(Type.String()),
  /** The nodes that worked for the one that had the page made, in the order of their answers. */
  servedBy: Type.Array(Type.String()),
  style: Type.Union([Type.Literal('object-based'), Type.Literal('layered')]),
});
export type Making = Static<typeof Making>;

const Html = Type.Object({ html: Type.String() });

export const html = contract('html', {
  results: operation({
    summary: 'A results page; the empty query gives the home page',
    request: Type.Object({ results: SearchResults, making: Making }),
    response: Html,
  }),
  page: operation({
    summary: 'One page of the corpus with its links',
    request: Type.Object({ page: Page, making: Making }),
    response: Html,
  }),
  search: operation({
    summary: 'Layered style: asks ranking below, renders what comes up (`html` is absent for format json)',
    composite: true,
    request: Type.Object({
      search: SearchRequest,
      format: Type.Union([Type.Literal('html'), Type.Literal('json')]),
      via: Type.Array(Type.String()),
    }),
    response: Type.Object({ results: SearchResults, html: Type.Optional(Type.String()) }),
  }),
});

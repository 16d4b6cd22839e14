import Type from 'typebox';
import { Format, Making } from '../../search/making.ts';
import { Neighbours } from '../../search/neighbours.ts';
import { Page } from '../../search/page.ts';
import { SearchRequest } from '../../search/plan.ts';
import { SearchResults } from '../../search/results.ts';
import { contract, operation, type Introduction } from '../../shared/rpc/contract.ts';

const Html = Type.Object({ html: Type.String() });

const about: Introduction = {
  component: 'html',
  purpose: 'Makes pages from results.',
  calls: { 'object-based': [], layered: ['ranking'] },
};

export const html = contract(about, {
  results: operation({
    summary: 'A results page; the empty query gives the home page',
    request: Type.Object({ results: SearchResults, making: Making }),
    response: Html,
  }),
  page: operation({
    summary: 'One page of the corpus with its links, its neighbours and its popularity where they are known',
    request: Type.Object({
      page: Page,
      neighbours: Type.Optional(Neighbours),
      popularity: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
      making: Making,
    }),
    response: Html,
  }),
  search: operation({
    summary: 'Layered style: asks ranking below and renders its results (`html` is absent for format json)',
    composite: true,
    request: Type.Object({
      search: SearchRequest,
      format: Format,
      via: Type.Array(Type.String()),
    }),
    response: Type.Object({ results: SearchResults, html: Type.Optional(Type.String()) }),
  }),
});

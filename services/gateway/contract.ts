import { contract, operation } from '../../shared/rpc/contract.ts';
import { AppPageRequest, AppPageResponse, AppSearchRequest, AppSearchResponse } from '../app/contract.ts';
import { query } from '../query/contract.ts';

/** The door for the thin client; the public REST API (rest.ts) is the other door to the same handlers. */
export const gateway = contract('gateway', {
  search: operation({
    summary: 'A search, admitted and routed to an application server',
    composite: true,
    request: AppSearchRequest,
    response: AppSearchResponse,
  }),
  page: operation({
    summary: 'One page of the corpus',
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

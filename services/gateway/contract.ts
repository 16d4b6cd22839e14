import {
  CandidatesRequest,
  CandidatesResponse,
  PartsRequest,
  PartsResponse,
  TextsRequest,
  TextsResponse,
  WordsRequest,
  WordsResponse,
} from '../../search/client-requests.ts';
import {
  SuggestRequest,
  SuggestResponse,
  UserPageRequest,
  UserPageResponse,
  UserSearchRequest,
  UserSearchResponse,
} from '../../search/user-requests.ts';
import { contract, operation, type Introduction } from '../../shared/rpc/contract.ts';

const about: Introduction = {
  component: 'gateway',
  purpose: 'Takes in every request from outside: checks it, limits it, names it and forwards it.',
  calls: ['app'],
};

/** The operations for the thin client. The public REST API (rest.ts) uses the same handlers. */
export const gateway = contract(about, {
  search: operation({
    summary: 'A search, admitted and routed to an application server',
    composite: true,
    request: UserSearchRequest,
    response: UserSearchResponse,
  }),
  page: operation({
    summary: 'One page of the corpus',
    composite: true,
    request: UserPageRequest,
    response: UserPageResponse,
  }),
  suggest: operation({
    summary: 'Completes what the user is typing',
    composite: true,
    request: SuggestRequest,
    response: SuggestResponse,
  }),
  candidates: operation({
    summary: 'The best candidates of a query, for clients that rank them',
    composite: true,
    request: CandidatesRequest,
    response: CandidatesResponse,
  }),
  parts: operation({
    summary: 'The parts of the index that belong to one term, for clients that search them',
    composite: true,
    request: PartsRequest,
    response: PartsResponse,
  }),
  texts: operation({
    summary: 'The texts of some pages, for clients that render them',
    composite: true,
    request: TextsRequest,
    response: TextsResponse,
  }),
  words: operation({
    summary: 'A part of the words of the corpus, for clients that complete words',
    composite: true,
    request: WordsRequest,
    response: WordsResponse,
  }),
});

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
  component: 'app',
  purpose: 'Runs a search: calls the components below and joins their answers.',
  calls: { 'object-based': ['query', 'database', 'ranking', 'html'], layered: ['html', 'database', 'query'] },
};

export const app = contract(about, {
  search: operation({
    summary: 'Runs a search over the tiers below',
    composite: true,
    request: UserSearchRequest,
    response: UserSearchResponse,
  }),
  page: operation({
    summary: 'One page of the corpus; `not_found` when no page has this id',
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

import Type from 'typebox';
import { FindResult, Statistics } from '../../search/find-result.ts';
import { maxQueryLength } from '../../search/limits.ts';
import { QueryPlan, SearchRequest } from '../../search/plan.ts';
import { WordsRequest, WordsResponse } from '../../search/client-requests.ts';
import { SuggestRequest, SuggestResponse } from '../../search/user-requests.ts';
import { contract, operation, type Introduction } from '../../shared/rpc/contract.ts';

const about: Introduction = {
  component: 'query',
  purpose: 'Turns the words of a person into a plan: terms, phrases, exclusions and a correction.',
  calls: ['database'],
};

export const query = contract(about, {
  plan: operation({
    summary: 'Turns keywords into a structured query, with a suggestion when words look misspelt',
    request: Type.Object({ q: Type.String({ maxLength: maxQueryLength }) }),
    response: Type.Object({ plan: QueryPlan, suggestion: Type.Optional(Type.String()) }),
  }),
  suggest: operation({
    summary: 'Completes what the user is typing',
    request: SuggestRequest,
    response: SuggestResponse,
  }),
  words: operation({
    summary: 'A part of the words of the corpus, for clients that complete words themselves',
    priority: 'background',
    request: WordsRequest,
    response: WordsResponse,
  }),
  statistics: operation({
    summary: 'For experiments: the statistics of all shards for a plan, from one table of this node',
    request: Type.Object({ plan: QueryPlan }),
    response: Type.Object({ statistics: Statistics }),
  }),
  search: operation({
    summary: 'Layered style: plans, asks the database below, and returns the candidates',
    composite: true,
    request: SearchRequest,
    response: Type.Object({ plan: QueryPlan, suggestion: Type.Optional(Type.String()), found: FindResult }),
  }),
});

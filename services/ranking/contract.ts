import { Type, type Static } from 'typebox';
import { batchOf } from '../../shared/rpc/batched.ts';
import { contract, operation } from '../../shared/rpc/contract.ts';
import { Candidate, Statistics } from '../database/contract.ts';
import { Plan, SearchRequest } from '../query/contract.ts';

/** One term's part of a score: `frequencies` by field [title, keywords, body]. */
export const TermExplanation = Type.Object({
  term: Type.String(),
  weight: Type.Number(),
  idf: Type.Number(),
  frequencies: Type.Array(Type.Integer()),
  score: Type.Number(),
});
export const Explanation = Type.Object({
  terms: Type.Array(TermExplanation),
  relevance: Type.Number(),
  popularity: Type.Number(),
  popularityScore: Type.Number(),
  score: Type.Number(),
});
export type Explanation = Static<typeof Explanation>;

/** What scoring needs of a candidate: numbers, no text. */
export const Scored = Type.Pick(Candidate, ['id', 'frequencies', 'lengths', 'popularity']);
export type Scored = Static<typeof Scored>;

export const Ranked = Type.Object({ id: Type.String(), score: Type.Number(), explanation: Type.Optional(Explanation) });
export type Ranked = Static<typeof Ranked>;

/** One line of the results page. `snippet` is plain text; whoever shows it escapes it and marks the words. */
export const Result = Type.Object({
  id: Type.String(),
  title: Type.String(),
  url: Type.String(),
  snippet: Type.String(),
  score: Type.Number(),
  explanation: Type.Optional(Explanation),
});
export type Result = Static<typeof Result>;

export const SearchResults = Type.Object({
  query: Type.String(),
  /** The stems that were looked for: what to mark in the snippets. */
  terms: Type.Array(Type.String()),
  total: Type.Integer(),
  page: Type.Integer(),
  size: Type.Integer(),
  suggestion: Type.Optional(Type.String()),
  results: Type.Array(Result),
});
export type SearchResults = Static<typeof SearchResults>;

const rank = operation({
  summary: 'Orders candidates by relevance and popularity; equal scores by id',
  request: Type.Object({
    plan: Type.Pick(Plan, ['terms']),
    statistics: Statistics,
    candidates: Type.Array(Scored),
    offset: Type.Integer({ minimum: 0 }),
    size: Type.Integer({ minimum: 1, maximum: 1_000 }),
    explain: Type.Boolean(),
  }),
  response: Type.Object({ ranked: Type.Array(Ranked) }),
});

export const ranking = contract('ranking', {
  rank,
  rankMany: batchOf('rank', rank),
  search: operation({
    summary: 'Layered style: asks the query generator below, orders what comes up',
    composite: true,
    request: SearchRequest,
    response: SearchResults,
  }),
});

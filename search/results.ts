import Type, { type Static } from 'typebox';
import { Explanation } from './ranked.ts';

/** One result of a search. `snippet` is plain text: the renderer escapes it and marks the words. */
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
  /** The stems of the query. The renderer marks their words in the snippets. */
  terms: Type.Array(Type.String()),
  total: Type.Integer(),
  page: Type.Integer(),
  size: Type.Integer(),
  suggestion: Type.Optional(Type.String()),
  /** Why the answer is incomplete; absent when it is complete. */
  partial: Type.Optional(Type.String()),
  results: Type.Array(Result),
});
export type SearchResults = Static<typeof SearchResults>;

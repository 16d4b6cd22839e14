import { Type, type Static } from 'typebox';
import { fields } from './fields.ts';
import { maxDepth, maxPhrases, maxPhraseTerms, maxQueryLength, maxTerms } from './limits.ts';

export const Field = Type.Enum([...fields]);
export type Field = Static<typeof Field>;

/**
 * One term to score: a stem, how often it occurs in the query, and the field where it must occur (any field when
 * absent).
 */
export const PlannedTerm = Type.Object({
  term: Type.String(),
  weight: Type.Number({ exclusiveMinimum: 0 }),
  field: Type.Optional(Field),
});
export type PlannedTerm = Static<typeof PlannedTerm>;

/** Terms that must occur at these `positions` relative to each other. */
export const PlannedPhrase = Type.Object({
  terms: Type.Array(Type.String(), { minItems: 1, maxItems: maxPhraseTerms }),
  positions: Type.Array(Type.Integer({ minimum: 0 }), { maxItems: maxPhraseTerms }),
  field: Type.Optional(Field),
});
export type PlannedPhrase = Static<typeof PlannedPhrase>;

/**
 * The user's keywords as a database query. A page matches when it holds at least one of `terms`, every phrase of
 * `phrases` and no phrase of `exclusions`. Most exclusions are phrases of one term. The terms of `phrases` are in
 * `terms` too, so that they are scored.
 */
export const QueryPlan = Type.Object({
  query: Type.String(),
  terms: Type.Array(PlannedTerm, { maxItems: maxTerms }),
  phrases: Type.Array(PlannedPhrase, { maxItems: maxPhrases }),
  exclusions: Type.Array(PlannedPhrase, { maxItems: maxPhrases }),
  /** A sentence for the user that says which part of the query was left out; absent when nothing was. */
  partial: Type.Optional(Type.String()),
});
export type QueryPlan = Static<typeof QueryPlan>;

export const SearchRequest = Type.Object({
  q: Type.String({ maxLength: maxQueryLength }),
  page: Type.Integer({ minimum: 1, maximum: maxDepth }),
  size: Type.Integer({ minimum: 1, maximum: 100 }),
  explain: Type.Boolean(),
});
export type SearchRequest = Static<typeof SearchRequest>;

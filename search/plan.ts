import { Type, type Static } from 'typebox';

export const maxQueryLength = 10_000;
/** A page of results may reach no deeper than this many results: deeper pages cost every shard that many candidates. */
export const maxDepth = 1_000;

/** What one search may ask for, so that its work is bounded. Of more words than this, the first ones decide. */
export const maxTerms = 128;
/** Terms of a phrase; a script without spaces has one for each pair of characters. */
export const maxPhraseTerms = 128;
/** Phrases that a page must hold, and as many that it must not. */
export const maxPhrases = 32;

export const fields = ['title', 'keywords', 'body'] as const;
export const Field = Type.Enum([...fields]);
export type Field = Static<typeof Field>;

/** One term to score: a stem, how often the user said it, and where it must stand (anywhere when absent). */
export const PlannedTerm = Type.Object({
  term: Type.String(),
  weight: Type.Number({ exclusiveMinimum: 0 }),
  field: Type.Optional(Field),
});
export type PlannedTerm = Static<typeof PlannedTerm>;

/** Terms that must stand one after the other, `positions` apart (stop words leave gaps). */
export const PlannedPhrase = Type.Object({
  terms: Type.Array(Type.String(), { minItems: 1, maxItems: maxPhraseTerms }),
  positions: Type.Array(Type.Integer({ minimum: 0 }), { maxItems: maxPhraseTerms }),
  field: Type.Optional(Field),
});
export type PlannedPhrase = Static<typeof PlannedPhrase>;

/**
 * The user's keywords as a database query. OR over `terms`; a page must hold every phrase of `phrases` and nothing of
 * `exclusions` (each a phrase; of one term, mostly). Phrase terms stand in `terms` too, so that they are scored.
 */
export const Plan = Type.Object({
  query: Type.String(),
  terms: Type.Array(PlannedTerm, { maxItems: maxTerms }),
  phrases: Type.Array(PlannedPhrase, { maxItems: maxPhrases }),
  exclusions: Type.Array(PlannedPhrase, { maxItems: maxPhrases }),
  /** What of the query was left out, as a sentence for the user; absent where it is planned whole. */
  partial: Type.Optional(Type.String()),
});
export type Plan = Static<typeof Plan>;

export const SearchRequest = Type.Object({
  q: Type.String({ maxLength: maxQueryLength }),
  page: Type.Integer({ minimum: 1, maximum: maxDepth }),
  size: Type.Integer({ minimum: 1, maximum: 100 }),
  explain: Type.Boolean(),
});
export type SearchRequest = Static<typeof SearchRequest>;

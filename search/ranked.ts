import Type, { type Static } from 'typebox';
import { Candidate } from './found.ts';

/** One term's part of a score; `frequencies` as in a candidate. */
export const TermExplanation = Type.Object({
  term: Type.String(),
  weight: Type.Number(),
  idf: Type.Number(),
  frequencies: Type.Array(Type.Number()),
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

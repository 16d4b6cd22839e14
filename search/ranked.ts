import Type, { type Static } from 'typebox';
import { Candidate } from './find-result.ts';

/**
 * The part of one term in a score. `frequencies` = the three numbers of this term in the candidate (find-result.ts).
 */
const TermExplanation = Type.Object({
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

/** The numbers of a candidate that scoring needs; no text. */
export const Scored = Type.Pick(Candidate, ['id', 'frequencies', 'lengths', 'popularity']);
export type Scored = Static<typeof Scored>;

export const Ranked = Type.Object({ id: Type.String(), score: Type.Number(), explanation: Type.Optional(Explanation) });
export type Ranked = Static<typeof Ranked>;

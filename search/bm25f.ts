import type { Statistics } from './find-result.ts';
import type { PlannedTerm } from './plan.ts';
import { fields } from './fields.ts';

/**
 * The parameters of the formula. Arrays are indexed by field [title, keywords, body]. services/ranking/README.md says
 * how they were measured.
 */
export interface ScoringParameters {
  /** How soon further occurrences of a term stop adding to the score, in a page and in a query. */
  readonly k1: number;
  /** How much a field's length matters: 0 not at all, 1 in full. */
  readonly b: readonly [number, number, number];
  /** How much more a term counts in this field. */
  readonly fieldWeights: readonly [number, number, number];
  /** How much popularity adds to a score: score = relevance x (1 + weight x popularity). */
  readonly popularityWeight: number;
}

export const scoringParameters: ScoringParameters = {
  k1: 1.2,
  b: [0.75, 0.75, 0.75],
  fieldWeights: [5, 1, 1],
  popularityWeight: 0.25,
};

/**
 * Scores pages for one plan. The index and ranking must get the same bits. So both call these functions, and both add
 * the parts in the plan's order.
 *
 *     relevance = 0; for i of the plan: relevance += term(i, ...)     (a term that the page lacks adds exactly 0)
 *     score = total(relevance, popularity)
 *
 * Invariants: `term` never decreases when a frequency grows, and never increases when a length grows. (A name length of
 * 0 means that no name holds the term.) `total` never decreases when an argument grows. They hold in floating point,
 * too, because each step rounds monotonically. So `term(i, greatest frequencies, least lengths)` is an upper bound of a
 * term, as MaxScore needs it (Turtle & Flood 1995).
 */
export interface Scorer {
  readonly idf: Float64Array;
  /** The upper bound of the score of term i, however often it occurs in a page. */
  readonly upper: Float64Array;
  /**
   * The part of term i in the score of one page. `name` = the length of the shortest name that holds the term (0 =
   * none). `tf...` = its occurrences in a field, `len...` = the length of the field. A term that names a field counts
   * in that field only.
   */
  term(i: number, name: number, tfKeywords: number, tfBody: number, lenKeywords: number, lenBody: number): number;
  /** The score of a page; `popularity` in [0, 1]. */
  total(relevance: number, popularity: number): number;
}

/**
 * BM25F (Zaragoza, Craswell, Taylor, Saria & Robertson 2004; Robertson & Zaragoza 2009, section 3.6). The frequencies
 * of the fields are weighted, normalised by field length, and added up. The sum saturates, not each field: a word in
 * title and body counts as one word that occurs twice. A name holds a word once, and only the shortest name that holds
 * it counts (names.ts).
 *
 *     f(i) = sum over fields of  fieldWeight x tf / (1 - b + b x length / average length)
 *     term(i) = weight x (k1 + 1) / (k1 + weight) x idf x f / (k1 + f)
 *     idf = ln(1 + (N - n + 0.5) / (n + 0.5))       (the 1 + keeps it positive, as in Lucene)
 */
export function scorer(
  terms: readonly PlannedTerm[],
  statistics: Statistics,
  parameters: ScoringParameters = scoringParameters,
): Scorer {
  const { k1, b, fieldWeights, popularityWeight } = parameters;
  const average = (field: 0 | 1 | 2) =>
    Math.max(statistics.fieldLengths[field] ?? 0, 1) / Math.max(statistics.documents, 1);
  const [baseTitle, baseKeywords, baseBody] = [1 - b[0], 1 - b[1], 1 - b[2]];
  const [slopeTitle, slopeKeywords, slopeBody] = [b[0] / average(0), b[1] / average(1), b[2] / average(2)];

  const idf = Float64Array.from(terms, (_, i) =>
    inverseDocumentFrequency(statistics.documents, statistics.frequencies[i] ?? 0),
  );
  const upper = Float64Array.from(terms, ({ weight }, i) => saturated(weight, k1) * (idf[i] ?? 0));
  const counts = (field: 0 | 1 | 2) =>
    Float64Array.from(terms, (term) =>
      term.field === undefined || term.field === fields[field] ? fieldWeights[field] : 0,
    );
  const [weightTitle, weightKeywords, weightBody] = [counts(0), counts(1), counts(2)];

  return {
    idf,
    upper,
    term(i, name, tfKeywords, tfBody, lenKeywords, lenBody) {
      let frequency = 0;
      if (name !== 0) frequency += weightTitle[i]! / (baseTitle + slopeTitle * name);
      if (tfKeywords !== 0)
        frequency += (weightKeywords[i]! * tfKeywords) / (baseKeywords + slopeKeywords * lenKeywords);
      if (tfBody !== 0) frequency += (weightBody[i]! * tfBody) / (baseBody + slopeBody * lenBody);
      // The upper bounds need a form that rounds monotonically; f / (k1 + f) does not.
      return upper[i]! * (1 - k1 / (k1 + frequency));
    },
    total: (relevance, popularity) => relevance * (1 + popularityWeight * popularity),
  };
}

/**
 * A word that the query repeats does not count twice (the query factor of BM25; Robertson & Walker 1994). Long
 * questions repeat general words more often than specific ones.
 */
function saturated(weight: number, k1: number): number {
  return (weight * (k1 + 1)) / (k1 + weight);
}

function inverseDocumentFrequency(documents: number, frequency: number): number {
  // The shard may hold newer pages than the statistics in the request. The term's pages must not outnumber all pages,
  // because the logarithm would become negative.
  const holding = Math.min(frequency, documents);
  return Math.log(1 + (documents - holding + 0.5) / (holding + 0.5));
}

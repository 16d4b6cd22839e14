import type { Statistics } from './found.ts';
import type { PlannedTerm } from './plan.ts';
import { fields } from './plan.ts';

/** The numbers of the formula; arrays by field [title, keywords, body]. Measured: see README.md. */
export interface ScoringParameters {
  /** How soon more of the same term stops to matter, in a page and in a query. */
  readonly k1: number;
  /** How much a field's length matters: 0 not at all, 1 in full. */
  readonly b: readonly [number, number, number];
  /** How much more a term counts in this field. */
  readonly fieldWeights: readonly [number, number, number];
  /**
   * By how much the most popular page is lifted above one that nobody links to: score = relevance x (1 + weight x
   * popularity).
   */
  readonly popularityWeight: number;
}

export const scoringParameters: ScoringParameters = {
  k1: 1.2,
  b: [0.75, 0.75, 0.75],
  fieldWeights: [5, 1, 1],
  popularityWeight: 0.25,
};

/**
 * Scores pages for one plan. Its arithmetic is the contract between index and ranking: both use these functions and add
 * the parts up in the plan's order, so that both get the same bits.
 *
 *     relevance = 0; for i of the plan: relevance += term(i, ...)     (a term that the page lacks adds exactly 0)
 *     score = total(relevance, popularity)
 *
 * `term` never falls with a frequency and never rises with a length (a name of length 0 is none at all), and `total`
 * never falls with either argument, in floating point too (each step rounds monotonically). So `term(i, greatest
 * frequencies, least lengths)` bounds a term from above, for MaxScore (Turtle & Flood 1995).
 */
export interface Scorer {
  readonly idf: Float64Array;
  /** The greatest score of term i, however often it stands in a page. */
  readonly upper: Float64Array;
  /**
   * Term i's part for one page: the length of the shortest name that holds it (0 = none), and how often it stands in
   * fields of which length. A term that names a field counts in that field only.
   */
  term(i: number, name: number, tfKeywords: number, tfBody: number, lenKeywords: number, lenBody: number): number;
  /** The score of a page; `popularity` in [0, 1]. */
  total(relevance: number, popularity: number): number;
}

/**
 * BM25F (Zaragoza, Craswell, Taylor, Saria & Robertson 2004; Robertson & Zaragoza 2009, section 3.6): the frequencies
 * of the fields are weighted, normalised by field length and added up before they saturate - a word in title and body
 * is one word seen twice, not two. A name says a word once, and only the shortest name that holds it counts (names.ts).
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
      // Not f / (k1 + f): this form rounds monotonically, which bounds rely on.
      return upper[i]! * (1 - k1 / (k1 + frequency));
    },
    total: (relevance, popularity) => relevance * (1 + popularityWeight * popularity),
  };
}

/**
 * A query is a text as well: what it says twice does not count twice (the query factor of BM25; Robertson & Walker
 * 1994). Long questions repeat general words more than telling ones.
 */
function saturated(weight: number, k1: number): number {
  return (weight * (k1 + 1)) / (k1 + weight);
}

function inverseDocumentFrequency(documents: number, frequency: number): number {
  // A shard may be ahead of the statistics it was told: more pages with the term than pages known must not turn the
  // logarithm over.
  const holding = Math.min(frequency, documents);
  return Math.log(1 + (documents - holding + 0.5) / (holding + 0.5));
}

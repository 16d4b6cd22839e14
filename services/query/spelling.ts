import type { QueryWord } from './parse.ts';
import { neighbours } from './edit-distance.ts';
import { documentsLike, type Vocabulary } from './vocabulary.ts';

/** How bold corrections are. Measured on made-up and real misspellings: README.md. */
export interface CorrectionParameters {
  /** A known word counts as misspelt only when it stands in at most so many pages ... */
  readonly rareUpTo: number;
  /** ... and a neighbour one edit away in so many times more. */
  readonly timesMoreFrequent: number;
  /** What a neighbour with another first letter must be more frequent: people seldom mistake that one. */
  readonly firstLetterRatio: number;
}

export const correctionParameters: CorrectionParameters = {
  rareUpTo: 2,
  timesMoreFrequent: 1_000,
  firstLetterRatio: 10,
};

/**
 * A pasted text is not corrected to its end: its first words are looked at, and of those so many doubtful ones, 0.3 ms
 * each.
 */
const maxLookedAt = 64;
const maxDoubtful = 6;

/** The query with its misspelt words replaced and everything else as typed; undefined where nothing looks wrong. */
export function didYouMean(vocabulary: Vocabulary, query: string, words: readonly QueryWord[]): string | undefined {
  const doubtful = new Map<string, string | undefined>();
  let corrected = '';
  let end = 0;
  for (const { word, start, end: wordEnd } of words.slice(0, maxLookedAt)) {
    if (!doubtful.has(word)) {
      if (!isDoubtful(vocabulary, word)) continue;
      if (doubtful.size === maxDoubtful) break;
      doubtful.set(word, correct(vocabulary, word));
    }
    const better = doubtful.get(word);
    if (better === undefined) continue;
    corrected += query.slice(end, start) + better;
    end = wordEnd;
  }
  return end === 0 ? undefined : corrected + query.slice(end);
}

/** Only words of letters are judged, and no short ones: those have too many neighbours to guess. */
function isDoubtful(vocabulary: Vocabulary, word: string): boolean {
  if (word.length < 4 || word.length > 30 || !/^[\p{L}\p{M}]+$/u.test(word)) return false;
  return documentsLike(vocabulary, word, correctionParameters.rareUpTo) <= correctionParameters.rareUpTo;
}

/**
 * What `word` was probably meant to be; undefined where it is fine or nothing is near. The neighbours one edit away go
 * first, and only where there are none, and the word has more than 5 letters, those two away: the second edit costs ten
 * times the time and is seldom what happened. Of neighbours as near, the most frequent.
 */
export function correct(
  vocabulary: Vocabulary,
  word: string,
  { rareUpTo, timesMoreFrequent, firstLetterRatio }: CorrectionParameters = correctionParameters,
): string | undefined {
  const own = documentsLike(vocabulary, word, rareUpTo);
  if (own > rareUpTo) return undefined;
  const near = bestNeighbour(1);
  return near === undefined && own === 0 && word.length > 5 ? bestNeighbour(2) : near;

  function bestNeighbour(maxDistance: number): string | undefined {
    let best: { word: string; worth: number } | undefined;
    for (const { word: number, distance } of neighbours(vocabulary.trie, word, maxDistance)) {
      const candidate = vocabulary.words[number]!;
      const documents = vocabulary.documents[number]!;
      if (distance === 0 || documents < own * timesMoreFrequent) continue;
      const worth = candidate[0] === word[0] ? documents : documents / firstLetterRatio;
      if (best === undefined || worth > best.worth) best = { word: candidate, worth };
    }
    return best?.word;
  }
}

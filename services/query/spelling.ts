import type { QueryWord } from './parse.ts';
import { neighbours } from './edit-distance.ts';
import { documentsLike, type Vocabulary } from './vocabulary.ts';

/** When a word is corrected. README.md has the measurement on real misspellings. */
const limits = {
  /** A known word counts as misspelt only when it occurs in at most this many pages ... */
  rareUpTo: 2,
  /** ... and a neighbour one edit away occurs in this many times as many pages. */
  timesMoreFrequent: 1_000,
  /**
   * The frequency of a neighbour with another first letter is divided by this number, because people seldom mistype the
   * first letter.
   */
  firstLetterRatio: 10,
};

/**
 * Bounds for a long text: only its first words are checked, and of these only a few doubtful ones are corrected, in 0.3
 * ms each.
 */
const maxLookedAt = 64;
const maxDoubtful = 6;

/** The query with its misspelt words replaced; the rest stays as typed. Undefined when no word looks misspelt. */
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

/**
 * True for a rare or unknown word. Words with other characters than letters are never doubtful. Short words are not
 * doubtful either, because they have too many neighbours.
 */
function isDoubtful(vocabulary: Vocabulary, word: string): boolean {
  if (word.length < 4 || word.length > 30 || !/^[\p{L}\p{M}]+$/u.test(word)) return false;
  return documentsLike(vocabulary, word, limits.rareUpTo) <= limits.rareUpTo;
}

/**
 * The probable correction of `word`; undefined when the word is correct or has no near neighbour. Neighbours one edit
 * away are tried first. If there are none, two edits are tried for unknown words of more than 5 letters. The second
 * edit takes ten times as long and is seldom needed. Of equally near neighbours, the most frequent wins.
 */
export function correct(vocabulary: Vocabulary, word: string): string | undefined {
  const own = documentsLike(vocabulary, word, limits.rareUpTo);
  if (own > limits.rareUpTo) return undefined;
  const near = bestNeighbour(1);
  return near === undefined && own === 0 && word.length > 5 ? bestNeighbour(2) : near;

  function bestNeighbour(maxDistance: number): string | undefined {
    let best: { word: string; worth: number } | undefined;
    for (const { word: number, distance } of neighbours(vocabulary.trie, word, maxDistance)) {
      const candidate = vocabulary.words[number]!;
      const documents = vocabulary.documents[number]!;
      if (distance === 0 || documents < own * limits.timesMoreFrequent) continue;
      const worth = candidate[0] === word[0] ? documents : documents / limits.firstLetterRatio;
      if (best === undefined || worth > best.worth) best = { word: candidate, worth };
    }
    return best?.word;
  }
}

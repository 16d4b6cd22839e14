import { stem } from '../../search/text/words.ts';
import { finish, pieceSteps, type Work } from '../../shared/time/work.ts';
import { buildTrie, type Trie } from './trie.ts';

/** Words, and how many pages hold each. Index i of both arrays belongs to word i. */
export interface WordCounts {
  readonly words: readonly string[];
  readonly documents: ArrayLike<number>;
}

/**
 * The words of the corpus before stemming, for completion and correction. A vocabulary never changes; a new one
 * replaces it.
 */
export interface Vocabulary extends WordCounts {
  /** In ascending order of UTF-16 code units, without repetition. */
  readonly words: readonly string[];
  readonly trie: Trie;
}

export const emptyVocabulary: Vocabulary = buildVocabulary([]);

/** Merges the words of the shards and adds their numbers of pages. Takes about 0.1 s for 100,000 words. */
export function buildVocabulary(shards: readonly WordCounts[]): Vocabulary {
  return finish(vocabularyInPieces(shards));
}

/** `buildVocabulary` in pieces of about 1 ms, for a node that meanwhile serves requests. */
export function* vocabularyInPieces(shards: readonly WordCounts[]): Work<Vocabulary> {
  let all: WordCounts = { words: [], documents: [] };
  for (const shard of shards) all = yield* add(all, yield* inOrder(shard));
  return { words: all.words, documents: Uint32Array.from(all.documents), trie: yield* buildTrie(all.words) };
}

/** The words that begin with `prefix` are words[from] to words[to - 1]. */
export function wordsWithPrefix({ words }: Vocabulary, prefix: string): { from: number; to: number } {
  // No word holds U+FFFF, the last code unit. So the second bound is just after the last word with this prefix.
  return { from: lowerBound(words, prefix), to: lowerBound(words, `${prefix}\uFFFF`) };
}

/**
 * How many pages hold `word`, or the most frequent word of the same stem; 0 when no such word is known. The search
 * stops as soon as the number is more than `enough`.
 */
export function documentsLike(vocabulary: Vocabulary, word: string, enough: number): number {
  const { words, documents } = vocabulary;
  const own = lowerBound(words, word);
  let most = words[own] === word ? documents[own]! : 0;
  const wanted = stem(word);
  for (const prefix of prefixesOf(wanted)) {
    const { from, to } = wordsWithPrefix(vocabulary, prefix);
    for (let i = from; i < to && most <= enough; i++) {
      if (documents[i]! > most && stem(words[i]!) === wanted) most = documents[i]!;
    }
  }
  return most;
}

/**
 * Every word of a stem begins with one of the returned prefixes, the likeliest first. Porter's rules change only the
 * end of a word, and at most the last letter of the stem (`happy` -> `happi`). In a stem of up to three letters, they
 * change this letter only from `y` to `i` (`any` -> `ani`). So no returned prefix leaves out the last letter of a
 * short stem. Thousands of words would begin with a prefix that short.
 */
function prefixesOf(wanted: string): string[] {
  const start = wanted.slice(0, -1);
  if (wanted.length > 3) return [wanted, start];
  return wanted.endsWith('i') ? [wanted, `${start}y`] : [wanted];
}

/**
 * Sorts by code units, as JavaScript does. SQLite sorts by code points. The two orders differ only beyond U+FFFF, so
 * few words have to be moved.
 */
function* inOrder({ words, documents }: WordCounts): Work<WordCounts> {
  const kept: number[] = [];
  const moved: number[] = [];
  for (let i = 0; i < words.length; i++) {
    const last = kept.at(-1);
    (last === undefined || words[last]! < words[i]! ? kept : moved).push(i);
    if (i % pieceSteps === pieceSteps - 1) yield pieceSteps;
  }
  moved.sort((a, b) => (words[a]! < words[b]! ? -1 : 1));
  const at = (order: readonly number[]) => ({
    words: order.map((i) => words[i]!),
    documents: order.map((i) => documents[i]!),
  });
  return yield* add(at(kept), at(moved));
}

/** Merges two vocabularies; both must ascend, and the result does. */
function* add(a: WordCounts, b: WordCounts): Work<WordCounts> {
  const words: string[] = [];
  const documents: number[] = [];
  for (let i = 0, j = 0; i < a.words.length || j < b.words.length;) {
    const [left, right] = [a.words[i], b.words[j]];
    const takeLeft = right === undefined || (left !== undefined && left <= right);
    const takeRight = left === undefined || (right !== undefined && right <= left);
    words.push(takeLeft ? left! : right);
    documents.push((takeLeft ? a.documents[i++]! : 0) + (takeRight ? b.documents[j++]! : 0));
    if (words.length % pieceSteps === 0) yield pieceSteps;
  }
  return { words, documents };
}

function lowerBound(words: readonly string[], word: string): number {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (words[middle]! < word) low = middle + 1;
    else high = middle;
  }
  return low;
}

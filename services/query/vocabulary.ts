import { stem } from './words.ts';
import { buildTrie, type Trie } from './trie.ts';

/** The words of the corpus as people write them, to complete and to correct what is typed. Never changes: a new one replaces it. */
export interface Vocabulary {
  /** Ascending by UTF-16 code units, without repetition. */
  readonly words: readonly string[];
  /** In how many pages each word stands. */
  readonly documents: Uint32Array;
  /** Stem -> in how many pages the most frequent of its words stands. */
  readonly stems: ReadonlyMap<string, number>;
  readonly trie: Trie;
}

export interface ShardVocabulary {
  readonly words: readonly string[];
  readonly documents: readonly number[];
}

export const emptyVocabulary: Vocabulary = buildVocabulary([]);

/** Adds the shards' vocabularies up. About 0.2 s for 100,000 words. */
export function buildVocabulary(shards: readonly ShardVocabulary[]): Vocabulary {
  const counts = new Map<string, number>();
  for (const { words, documents } of shards) {
    for (const [i, word] of words.entries()) counts.set(word, (counts.get(word) ?? 0) + (documents[i] ?? 0));
  }
  const words = [...counts.keys()].sort();
  const documents = Uint32Array.from(words, (word) => counts.get(word)!);
  const stems = new Map<string, number>();
  for (const [i, word] of words.entries()) {
    const key = stem(word);
    stems.set(key, Math.max(stems.get(key) ?? 0, documents[i]!));
  }
  return { words, documents, stems, trie: buildTrie(words) };
}

/** The words that begin with `prefix` are words[from] to words[to - 1]. */
export function wordsWithPrefix({ words }: Vocabulary, prefix: string): { from: number; to: number } {
  // No word holds U+FFFF, the last of all code units, so this is just behind the last one that begins so.
  return { from: lowerBound(words, prefix), to: lowerBound(words, `${prefix}\uFFFF`) };
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

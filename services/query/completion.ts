import { analyse } from '../../search/text/analysis.ts';
import { isStopWord } from '../../search/text/stop-words.ts';
import { wordsWithPrefix, type Vocabulary } from './vocabulary.ts';

/**
 * What the user may be about to type: the last word completed by the words of the corpus, the most frequent first,
 * equal ones by alphabet; what stands before it is kept as typed. Nothing where the last word is already over or has no
 * letters. Stop words and what is typed already would only take the place of something useful.
 */
export function complete(vocabulary: Vocabulary, typed: string, size: number): string[] {
  const { words, starts, ends } = analyse(typed);
  const last = words.length - 1;
  if (last < 0 || ends[last] !== typed.length) return [];
  const prefix = words[last]!;
  const { from, to } = wordsWithPrefix(vocabulary, prefix);
  const best: number[] = [];
  const before = (a: number, b: number): boolean => {
    const [x, y] = [vocabulary.documents[a]!, vocabulary.documents[b]!];
    return x > y || (x === y && a < b);
  };
  // A short insertion into the best so far: one pass over the range, no sorting of thousands.
  for (let word = from; word < to; word++) {
    if (best.length === size && !before(word, best[size - 1]!)) continue;
    if (vocabulary.words[word] === prefix || isStopWord(vocabulary.words[word]!)) continue;
    let at = best.length;
    while (at > 0 && before(word, best[at - 1]!)) at--;
    best.splice(at, 0, word);
    if (best.length > size) best.pop();
  }
  const kept = typed.slice(0, starts[last]);
  return best.map((word) => kept + vocabulary.words[word]!);
}

import { analyse } from '../../search/text/analysis.ts';
import { isStopWord } from '../../search/text/stop-words.ts';
import { wordsWithPrefix, type Vocabulary } from './vocabulary.ts';

/**
 * Completes the last word of the query with words of the corpus: the most frequent first, equally frequent ones in
 * alphabetical order. The text before the last word stays as typed. Returns nothing when the last word has ended or has
 * no letters. Stop words and words of the query are not offered, because more useful words need the space.
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
  const isFullWithout = (word: number): boolean => best.length === size && !before(word, best[size - 1]!);
  for (const chunk of chunksBetween(vocabulary, from, to)) {
    if (isFullWithout(chunk.best)) break;
    // Each word is inserted into the short list of the best, so thousands of words need no sorting.
    for (let word = chunk.from; word < chunk.to; word++) {
      if (isFullWithout(word)) continue;
      if (vocabulary.words[word] === prefix || isStopWord(vocabulary.words[word]!)) continue;
      let at = best.length;
      while (at > 0 && before(word, best[at - 1]!)) at--;
      best.splice(at, 0, word);
      if (best.length > size) best.pop();
    }
  }
  const kept = typed.slice(0, starts[last]);
  return best.map((word) => kept + vocabulary.words[word]!);
}

const chunkWords = 512;

/**
 * The words in chunks. `best` = the most frequent word of a chunk (of equally frequent words, the first). The chunk
 * with the most frequent word comes first. So only a few chunks are compared, even when thousands of words begin with
 * the typed letter.
 */
function chunksBetween({ documents }: Vocabulary, from: number, to: number) {
  const chunks: { from: number; to: number; best: number }[] = [];
  for (let start = from; start < to; start += chunkWords) {
    const end = Math.min(start + chunkWords, to);
    let best = start;
    for (let word = start; word < end; word++) if (documents[word]! > documents[best]!) best = word;
    chunks.push({ from: start, to: end, best });
  }
  return chunks.sort((a, b) => documents[b.best]! - documents[a.best]!);
}

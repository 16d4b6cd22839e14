import { seededRandom } from '../../shared/time/random.ts';
import type { Request } from './request.ts';

/**
 * One search for each rank of the vocabulary: the word of this rank. For 4 of 10 ranks, the search has a second word,
 * too. The list depends only on the words, so every run, every worker and the oracle ask the same questions.
 */
export function searchQueries(words: readonly string[]): string[] {
  const random = seededRandom('queries');
  return words.map((word) => {
    const other = words[Math.floor(random.next() * words.length)] ?? '';
    return random.next() < 0.4 && other !== word ? `${word} ${other}` : word;
  });
}

export function searchRequest(query: string, page = 1): Request {
  const target = `/api/search?q=${encodeURIComponent(query)}${page > 1 ? `&page=${page}` : ''}`;
  return { method: 'GET', target, name: 'search', schema: 'search' };
}

/** The typed part of a word when the suggestions appear: its first two to four letters. */
export function suggestRequest(word: string): Request {
  const prefix = word.slice(0, 2 + (word.length % 3));
  return {
    method: 'GET',
    target: `/api/suggest?prefix=${encodeURIComponent(prefix)}`,
    name: 'suggest',
    schema: 'suggest',
  };
}

export function pageRequest(id: string): Request {
  return { method: 'GET', target: `/api/pages/${encodeURIComponent(id)}`, name: 'page', schema: 'page' };
}

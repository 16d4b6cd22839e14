import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/**
 * A test collection: `docs.jsonl.gz`, `queries.tsv` and `qrels.tsv` in a folder with its name. `ndcg.mjs`, beside that
 * folder, judges the results.
 */
export interface Collection {
  readonly name: string;
  readonly pages: readonly { readonly id: string; readonly title: string; readonly body: string }[];
  readonly queries: readonly { readonly id: string; readonly q: string }[];
  readonly judge: string;
}

export function collectionNames(folder: string): string[] {
  if (!existsSync(path.join(folder, 'ndcg.mjs'))) return [];
  return readdirSync(folder).filter((name) => existsSync(path.join(folder, name, 'docs.jsonl.gz')));
}

export function readCollection(folder: string, name: string): Collection {
  const file = (part: string) => readFileSync(path.join(folder, name, part));
  const lines = (text: string) => text.split('\n').filter((line) => line.trim() !== '');
  const pages = lines(gunzipSync(file('docs.jsonl.gz')).toString()).map((line) => {
    const { id, title, text } = JSON.parse(line) as { id: string; title?: string; text?: string };
    // A page needs a title, so a page without a title gets its id. The id is a number, so it adds no word that a
    // question could hold.
    return { id, title: title?.trim() || id, body: text ?? '' };
  });
  const queries = lines(file('queries.tsv').toString()).map((line) => {
    const [id = '', ...words] = line.split('\t');
    return { id, q: words.join(' ') };
  });
  return { name, pages, queries, judge: path.join(folder, 'ndcg.mjs') };
}

export function writePages(pages: Collection['pages'], file: string): void {
  writeFileSync(file, pages.map((page) => `${JSON.stringify(page)}\n`).join(''));
}

import { DatabaseSync } from 'node:sqlite';
import type { IndexedRow } from '../../../services/database/store.ts';

/** SQLite's own full-text index over the same fields and weights, in memory, with its Porter stemmer. */
export function createFts5(rows: readonly IndexedRow[]) {
  const database = new DatabaseSync(':memory:');
  database.exec(`
    pragma cache_size = -1048576;
    create virtual table pages using fts5 (title, keywords, body, content = '', tokenize = 'porter unicode61');
    insert into pages (pages, rank) values ('rank', 'bm25(2.0, 1.0, 1.0)');
    begin`);
  const insert = database.prepare('insert into pages (rowid, title, keywords, body) values (?, ?, ?, ?)');
  for (const { number, title, keywords, body } of rows) insert.run(number + 1, title, keywords.join(' '), body);
  database.exec("commit; insert into pages (pages) values ('optimize')");
  const search = database.prepare('select rowid from pages where pages match ? order by rank limit 10');
  return {
    /** The numbers of the ten best pages that contain any of `words`. */
    find: (words: readonly string[]) =>
      search.all(words.map((word) => `"${word}"`).join(' OR ')).map((row) => (row['rowid'] as number) - 1),
    close: () => database.close(),
  };
}

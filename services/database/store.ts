import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { firstVersion } from '../../shared/security/signing.ts';
import type { Neighbours } from '../../search/neighbours.ts';
import type { StoredPage } from '../../search/page.ts';
import type { SourcePage } from '../../search/source-page.ts';

/** Increase it with every change of the tables below. A shard of another version is refused and must be built again. */
export const schemaVersion = 2;

const schema = `
  create table meta (key text primary key, value text not null) without rowid, strict;
  create table pages (
    number integer primary key,
    id text not null unique,
    title text not null,
    url text not null,
    names text, -- a JSON array; null where the title is the only one
    category text,
    keywords text not null, -- a JSON array
    body text not null,
    popularity real not null,
    signature text
  ) strict;
  create table links (
    page integer not null,
    position integer not null,
    target text not null,
    title text, -- of the target, which mostly lives on another shard
    relation text not null,
    primary key (page, position)
  ) without rowid, strict;
  create table vocabulary (word text primary key, documents integer not null) without rowid, strict;
`;

/** The columns of a page that the index is built from. Rows are read in the order of the page ids. */
export interface IndexedRow {
  readonly number: number;
  readonly title: string;
  readonly names?: readonly string[] | undefined;
  readonly category?: string | undefined;
  readonly keywords: readonly string[];
  readonly body: string;
  readonly popularity: number;
}

/** The columns of a page that a search shows. */
export interface PageHead {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly body: string;
}

/** The durable data of one shard, open for reading. */
export interface Store {
  /** Changes with the content. An index that was built from another version is stale. */
  readonly version: string;
  readonly head: (number: number) => PageHead;
  /** The id of the page with this number. */
  readonly id: (number: number) => string;
  /** Unknown ids are left out. */
  readonly pages: (ids: readonly string[]) => StoredPage[];
  /** At most `size` pages on each side of `id`, which may be unknown. */
  readonly neighbours: (id: string, size: number) => Neighbours;
  readonly popularity: (id: string) => number | undefined;
  /** The first `size` words after `after`, ascending by code points. */
  readonly vocabulary: (after: string, size: number) => { words: string[]; documents: number[] };
  readonly rows: () => Iterable<IndexedRow>;
  readonly close: () => void;
}

/**
 * Opens a shard read-only, so that several processes can serve the same files, also from a read-only disk. The file is
 * memory-mapped, so replicas on one machine share one copy of the text in the page cache. Throws when the file does not
 * exist or has another schema.
 */
export function openStore(file: string): Store {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const version = database.prepare('pragma user_version').get()?.['user_version'];
    if (version !== schemaVersion)
      throw new Error(
        `${file} has schema ${String(version)}, this program reads ${schemaVersion}: build the data set again`,
      );
    database.exec(`pragma mmap_size = ${2 ** 36}; pragma cache_size = -1024`);
    return reader(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The most characters of a title in the links of another page. The longest title of WordNet has 371. */
const maxLinkTitle = 400;

type StoredRow = Pick<StoredPage, 'id' | 'title' | 'body' | 'url'> & {
  number: number;
  keywords: string;
  category: string | null;
  signature: string | null;
};

function reader(database: DatabaseSync): Store {
  const headOf = database.prepare('select id, title, url, body from pages where number = ?');
  const idOf = database.prepare('select id from pages where number = ?');
  const pageOf = database.prepare(
    'select number, id, title, body, keywords, category, url, signature from pages where id = ?',
  );
  // A page may have 10,000 links to pages with titles of 2,000 characters: whole titles would be a reply of 20 MB.
  const linksOf = database.prepare(
    `select target as id, substr(coalesce(title, target), 1, ${maxLinkTitle}) as title, relation
       from links where page = ? order by position`,
  );
  const before = database.prepare('select id, title from pages where id < ? order by id desc limit ?');
  const after = database.prepare('select id, title from pages where id > ? order by id limit ?');
  const popularityOf = database.prepare('select popularity from pages where id = ?');
  const heads = (statement: StatementSync, id: string, size: number) =>
    (statement.all(id, size) as unknown as Neighbours['before']).map((head) => ({ ...head }));
  // The query returns one row with two long texts. Many small rows would take four times as long and delay searches.
  const wordsBehind = database.prepare(
    `select json_group_array(word) as words, json_group_array(documents) as documents
       from (select word, documents from vocabulary where word > ? order by word limit ?)`,
  );
  return {
    version: String(database.prepare("select value from meta where key = 'version'").get()?.['value']),
    head: (number) => headOf.get(number) as unknown as PageHead,
    id: (number) => String(idOf.get(number)?.['id']),
    pages: (ids) =>
      ids.flatMap((id) => {
        const row = pageOf.get(id) as StoredRow | undefined;
        if (row === undefined) return [];
        const { number, keywords, category, signature, ...page } = row;
        const links = linksOf.all(number) as unknown as StoredPage['links'];
        return [
          {
            ...page,
            keywords: JSON.parse(keywords) as string[],
            ...(category !== null && { category }),
            links: links.map((link) => ({ ...link })),
            version: firstVersion,
            ...(signature !== null && { signature }),
          },
        ];
      }),
    neighbours: (id, size) => ({ before: heads(before, id, size).toReversed(), after: heads(after, id, size) }),
    popularity: (id) => popularityOf.get(id)?.['popularity'] as number | undefined,
    vocabulary(behind, size) {
      const row = wordsBehind.get(behind, size);
      return {
        words: JSON.parse(row?.['words'] as string) as string[],
        documents: JSON.parse(row?.['documents'] as string) as number[],
      };
    },
    rows: () => indexedRows(database),
    close: () => database.close(),
  };
}

type SqlRow = Omit<IndexedRow, 'names' | 'category' | 'keywords'> & {
  names: string | null;
  category: string | null;
  keywords: string;
};

/** The pages in the order of their ids. */
function* indexedRows(database: DatabaseSync): Iterable<IndexedRow> {
  const statement = database.prepare(
    'select number, title, names, category, keywords, body, popularity from pages order by id',
  );
  for (const row of statement.iterate() as Iterable<SqlRow>) {
    const { number, title, body, popularity } = row;
    yield {
      number,
      title,
      names: row.names === null ? undefined : (JSON.parse(row.names) as string[]),
      category: row.category ?? undefined,
      body,
      popularity,
      keywords: JSON.parse(row.keywords) as string[],
    };
  }
}

/** Fills a new shard. Pages are durable only after `finish` has returned. */
export interface Loader {
  /** Throws when the id was added before, or when the popularity is not in [0, 1]. */
  readonly add: (page: SourcePage) => void;
  readonly rows: () => Iterable<IndexedRow>;
  readonly addWord: (word: string, documents: number) => void;
  readonly finish: (version: string) => void;
  readonly close: () => void;
}

/**
 * Creates `file`, which must not exist. Loading uses no journal and no fsync, because an unfinished file is thrown away
 * after a crash. The file has no write-ahead log, so that readers need no permission to write.
 */
export function createStore(file: string): Loader {
  const database = new DatabaseSync(file);
  database.exec(
    'pragma journal_mode = off; pragma synchronous = off; pragma locking_mode = exclusive; ' +
      `pragma cache_size = -65536; ${schema} begin`,
  );
  const insertPage = database.prepare(
    `insert into pages (id, title, names, category, url, keywords, body, popularity, signature)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing`,
  );
  const insertLink = database.prepare(
    'insert into links (page, position, target, title, relation) values (?, ?, ?, ?, ?)',
  );
  const insertWord = database.prepare('insert into vocabulary (word, documents) values (?, ?)');
  return {
    add: (page) => insert(page, insertPage, insertLink),
    rows: () => indexedRows(database),
    addWord: (word, documents) => void insertWord.run(word, documents),
    finish(version) {
      // If the importer gave no title for a link, the title comes from a page of this shard.
      database.exec('update links set title = (select title from pages where id = target) where title is null');
      database.prepare("insert into meta (key, value) values ('version', ?)").run(version);
      database.exec(`pragma user_version = ${schemaVersion}; commit; analyze`);
    },
    close: () => void (database.isOpen && database.close()),
  };
}

function insert(page: SourcePage, insertPage: StatementSync, insertLink: StatementSync): void {
  if (!(page.popularity >= 0 && page.popularity <= 1))
    throw new Error(`page ${page.id} has popularity ${page.popularity}: it must lie in [0, 1]`);
  const { changes, lastInsertRowid } = insertPage.run(
    page.id,
    page.title,
    page.names === undefined ? null : JSON.stringify(page.names),
    page.category ?? null,
    page.url,
    JSON.stringify(page.keywords),
    page.body,
    page.popularity,
    page.signature ?? null,
  );
  if (changes === 0) throw new Error(`page ${page.id} comes twice: ids must be unique`);
  for (const [position, link] of page.links.entries()) {
    insertLink.run(lastInsertRowid, position, link.id, link.title ?? null, link.relation);
  }
}

import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ensureDataset } from '../../../corpus/build.ts';
import { crawl } from '../../../corpus/crawl/crawl.ts';
import { shardFiles } from '../../../services/database/files.ts';
import { shardFolder, shardOf } from '../../../search/sharding.ts';
import { openStore } from '../../../services/database/store.ts';
import { importedPages } from '../../unit/corpus/helpers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Debian's package sqlite3-doc: apt-get install sqlite3-doc. */
const documentation = '/usr/share/doc/sqlite3';
const isThere = existsSync(path.join(documentation, 'lang_select.html'));

test.skipIf(!isThere)(
  'the documentation of SQLite becomes a data set that can be read (needs sqlite3-doc)',
  async () => {
    const dataDir = temporaryFolder();
    const report = await crawl(documentation, { dataDir, name: 'sqlite', replace: true });
    expect(report.pages).toBeGreaterThan(500);
    expect(report.links).toBeGreaterThan(5 * report.pages);
    expect(report).toMatchObject({ default: false, stopped: undefined });

    const pages = importedPages(dataDir);
    const select = pages.find((page) => page.id === 'sqlite.lang-select');
    expect(select?.title).toBe('SELECT');
    expect(select?.body).toContain('The SELECT statement is used to query the database.');
    expect(select?.body).not.toContain('Small. Fast. Reliable.');
    expect(select?.body).not.toContain('function toggle_div');
    const untold = pages.filter((page) => page.title === '' || page.body === '');
    expect(untold.map((page) => page.id)).toEqual([]);

    const { datasetDir } = await ensureDataset({ dataDir, shards: 2 });
    const shard = shardOf('sqlite.lang-select', 2);
    const store = openStore(shardFiles(path.join(datasetDir, shardFolder(shard, 2))).store);
    const [page] = store.pages(['sqlite.lang-select']);
    store.close();
    expect(page?.links.length).toBe(select?.links.length);
    expect(page?.links.map((link) => link.title)).toContain('SQLite Syntax: select-stmt');
  },
);

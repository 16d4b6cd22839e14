import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { ensureDataset } from '../../../corpus/build.ts';
import { datasetsDir, manifestOf } from '../../../corpus/dataset.ts';
import { importPages } from '../../../corpus/import.ts';
import { markDatasetUsed } from '../../../corpus/in-use.ts';
import type { TaskProgress } from '../../../corpus/progress.ts';
import { resetSources } from '../../../corpus/sources.ts';
import { shardFiles } from '../../../services/database/files.ts';
import { shardFolder, shardOf } from '../../../search/sharding.ts';
import { openStore } from '../../../services/database/store.ts';
import { processingKey, processingKeyFile } from '../../../shared/security/processing-key.ts';
import { firstVersion, verifyPage } from '../../../shared/security/signing.ts';
import { codeOf, jsonLines, put } from '../../unit/corpus/helpers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Thirty pages in a ring that all link to `hub`, which links to nothing that is there. */
const ring = Array.from({ length: 30 }, (_, i) => ({
  id: `page-${i}`,
  title: `Page ${i}`,
  body: `This is page ${i}.`,
  keywords: ['ring'],
  links: [`page-${(i + 1) % 30}`, { id: 'hub', relation: 'leads to' }],
}));
const hub = { id: 'hub', title: 'The hub', body: 'In the middle.', links: ['nowhere'] };

async function folderWith(...pages: unknown[]): Promise<string> {
  const dataDir = temporaryFolder();
  await importPages(put(temporaryFolder(), 'ring.jsonl', jsonLines(...pages)), { dataDir, replace: true });
  return dataDir;
}

/** The rows of all shards of a cut, by id, with the shard that holds each. */
function rowsOf(datasetDir: string, shards: number) {
  const rows = new Map<string, Record<string, unknown> & { shard: number; popularity: number; signature: string }>();
  for (let shard = 1; shard <= shards; shard++) {
    const database = new DatabaseSync(shardFiles(path.join(datasetDir, shardFolder(shard, shards))).store, {
      readOnly: true,
    });
    for (const row of database.prepare('select id, popularity, signature from pages').all()) {
      expect(rows.has(String(row['id']))).toBe(false);
      rows.set(String(row['id']), { ...row, shard } as never);
    }
    database.close();
  }
  return rows;
}

test.each([1, 2, 4])('cut into %i shards, every page is on the shard that its id says, once', async (shards) => {
  const dataDir = await folderWith(...ring, hub);
  const dataset = await ensureDataset({ dataDir, shards });
  expect(dataset).toMatchObject({ pages: 31, built: 'missing' });
  const rows = rowsOf(dataset.datasetDir, shards);
  expect(rows.size).toBe(31);
  for (const [id, row] of rows) expect(row.shard).toBe(shardOf(id, shards));
});

test('popularity comes from all links, however the corpus is cut', async () => {
  const dataDir = await folderWith(...ring, hub);
  const popularity = async (shards: number) => {
    const { datasetDir } = await ensureDataset({ dataDir, shards });
    return new Map([...rowsOf(datasetDir, shards)].map(([id, row]) => [id, row.popularity]));
  };
  const whole = await popularity(1);
  expect(await popularity(2)).toEqual(whole);
  expect(whole.get('hub')).toBe(1);
  expect(whole.get('page-3')).toBeLessThan(0.1);
});

test('readers find pages with the titles of their links, without links that lead nowhere, signed', async () => {
  const dataDir = await folderWith(...ring, hub);
  const { datasetDir } = await ensureDataset({ dataDir, shards: 2 });
  const rows = rowsOf(datasetDir, 2);
  const key = processingKey(dataDir);
  for (const id of ['hub', 'page-7', 'page-29']) {
    const store = openStore(shardFiles(path.join(datasetDir, shardFolder(shardOf(id, 2), 2))).store);
    const [page] = store.pages([id]);
    store.close();
    expect(page!.links.map((link) => link.title)).toEqual(
      id === 'hub' ? [] : [id === 'page-7' ? 'Page 8' : 'Page 0', 'The hub'],
    );
    expect(verifyPage(key, page!, firstVersion, rows.get(id)!.signature)).toBe(true);
    expect(verifyPage(key, { ...page!, body: 'forged' }, firstVersion, rows.get(id)!.signature)).toBe(false);
  }
  const key64 = readFileSync(processingKeyFile(dataDir), 'utf8').trim();
  const files = readdirSync(datasetDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const withKey = files.filter((entry) => {
    const bytes = readFileSync(path.join(entry.parentPath, entry.name));
    return bytes.includes(key64) || bytes.includes(key);
  });
  expect(withKey).toEqual([]);
});

test('a data set with another signing key is built again, but only for readers who would refuse it', async () => {
  const dataDir = await folderWith(hub);
  await ensureDataset({ dataDir, shards: 1, verifiable: true });
  expect(await ensureDataset({ dataDir, shards: 1, verifiable: true })).toMatchObject({ built: undefined });
  rmSync(processingKeyFile(dataDir));
  expect(await ensureDataset({ dataDir, shards: 1 })).toMatchObject({ built: undefined });
  const { datasetDir, built } = await ensureDataset({ dataDir, shards: 1, verifiable: true });
  expect(built).toMatch(/\bkey\b/);
  const store = openStore(shardFiles(path.join(datasetDir, shardFolder(1, 1))).store);
  const [page] = store.pages(['hub']);
  store.close();
  expect(verifyPage(processingKey(dataDir), page!, page!.version, page!.signature!)).toBe(true);
});

test('what is built is found the next time, and left as it is', async () => {
  const dataDir = await folderWith(hub);
  const first = await ensureDataset({ dataDir, shards: 1 });
  const { mtimeMs } = statSync(manifestOf(first.datasetDir));
  expect(await ensureDataset({ dataDir, shards: 1 })).toEqual({ ...first, built: undefined });
  expect(statSync(manifestOf(first.datasetDir)).mtimeMs).toBe(mtimeMs);
});

test('of two builds at once one builds, and the other finds', async () => {
  const dataDir = await folderWith(...ring);
  const both = await Promise.all([ensureDataset({ dataDir, shards: 2 }), ensureDataset({ dataDir, shards: 2 })]);
  expect(both.filter((dataset) => dataset.built)).toHaveLength(1);
});

test('a page that several sources hold counts from the last of them, links and all', async () => {
  const dataDir = await folderWith({ id: 'a', title: 'Old', links: ['b'] }, { id: 'b', title: 'B' });
  await importPages(put(temporaryFolder(), 'later.jsonl', jsonLines({ id: 'a', title: 'New' })), { dataDir });
  const { datasetDir, pages } = await ensureDataset({ dataDir, shards: 1 });
  expect(pages).toBe(2);
  const store = openStore(shardFiles(path.join(datasetDir, shardFolder(1, 1))).store);
  expect(store.pages(['a', 'b']).map((page) => [page.title, page.links])).toEqual([
    ['New', []],
    ['B', []],
  ]);
  store.close();
  expect(JSON.parse(readFileSync(manifestOf(datasetDir), 'utf8'))).toMatchObject({
    replaced: 1,
    links: 0,
    pagesByShard: [2],
  });
});

test('a cut that is not complete is built again', async () => {
  const dataDir = await folderWith(...ring);
  const { datasetDir } = await ensureDataset({ dataDir, shards: 1 });
  const breakages = [
    () => rmSync(manifestOf(datasetDir)),
    () => writeFileSync(manifestOf(datasetDir), '{"fingerprint":'),
    () => rmSync(path.join(datasetDir, shardFolder(1, 1)), { recursive: true }),
  ];
  for (const breakIt of breakages) {
    breakIt();
    expect(await ensureDataset({ dataDir, shards: 1 })).toEqual({ datasetDir, pages: 30, built: 'missing' });
    expect(rowsOf(datasetDir, 1).size).toBe(30);
  }
});

test('new sources make a new data set, and the old one goes unless a living process uses it', async () => {
  const dataDir = await folderWith(...ring);
  const old = await ensureDataset({ dataDir, shards: 1 });
  const other = await ensureDataset({ dataDir, shards: 2 });
  await importPages(put(temporaryFolder(), 'more.jsonl', jsonLines({ id: 'more', title: 'More' })), { dataDir });
  // Both were marked by this process when they were built.
  const second = await ensureDataset({ dataDir, shards: 1 });
  expect(second.pages).toBe(31);
  expect([old, other, second].map(({ datasetDir }) => existsSync(datasetDir))).toEqual([true, true, true]);

  for (const { datasetDir } of [old, other]) rmSync(path.join(datasetDir, 'users'), { recursive: true });
  markDatasetUsed(old.datasetDir, process.ppid);
  markDatasetUsed(other.datasetDir, 2_147_483_647);
  const log: string[] = [];
  await importPages(put(temporaryFolder(), 'less.jsonl', jsonLines({ id: 'less', title: 'Less' })), { dataDir });
  const third = await ensureDataset({ dataDir, shards: 1, log: (line) => log.push(line) });
  expect([old, other, second, third].map(({ datasetDir }) => existsSync(datasetDir))).toEqual([
    true,
    false,
    true,
    true,
  ]);
  expect(log[0]).toContain(path.basename(other.datasetDir));
});

test('returning to the default sources forgets the data set of the others', async () => {
  const dataDir = await folderWith(hub);
  const { datasetDir } = await ensureDataset({ dataDir, shards: 1 });
  await resetSources(dataDir);
  expect(await codeOf(ensureDataset({ dataDir, shards: 1, signal: AbortSignal.abort() }))).toBe('cancelled');
  expect(existsSync(datasetDir)).toBe(true);
});

/** A built data set, and many pages that are not yet part of it. */
async function withMuchToBuild() {
  const dataDir = await folderWith(...ring);
  const before = await ensureDataset({ dataDir, shards: 1 });
  const many = Array.from({ length: 20_000 }, (_, i) => ({
    id: `p${i}`,
    title: `Page ${i}`,
    body: 'word '.repeat(50),
  }));
  await importPages(put(temporaryFolder(), 'many.jsonl', jsonLines(...many)), { dataDir });
  return { dataDir, before };
}

test('a build that is stopped leaves what was there, and nothing half done', async () => {
  const { dataDir, before } = await withMuchToBuild();
  for (const phase of ['read', 'rank', 'index']) {
    const stop = new AbortController();
    const onProgress = (progress: TaskProgress) => {
      if (progress.phase === phase) stop.abort();
    };
    expect(await codeOf(ensureDataset({ dataDir, shards: 2, signal: stop.signal, onProgress }))).toBe('cancelled');
    expect(readdirSync(datasetsDir(dataDir))).toEqual([path.basename(before.datasetDir)]);
    expect(readdirSync(dataDir).sort()).toEqual(['datasets', 'imports', 'keys']);
  }
});

test('a build that is killed leaves what was there, and the next one starts over', async () => {
  const { dataDir, before } = await withMuchToBuild();
  const program = `
    import { ensureDataset } from ${JSON.stringify(new URL('../../../corpus/build.ts', import.meta.url).href)};
    const onProgress = ({ phase }) => phase === 'index' && process.stdout.write('indexing');
    await ensureDataset({ dataDir: ${JSON.stringify(dataDir)}, shards: 2, onProgress });
  `;
  const builder = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(builder, 'exit');
  await Promise.race([once(builder.stdout, 'data'), ended]);
  builder.kill('SIGKILL');
  await ended;
  expect(readdirSync(datasetsDir(dataDir)).some((name) => name.endsWith('.building'))).toBe(true);
  expect(existsSync(before.datasetDir)).toBe(true);

  const after = await ensureDataset({ dataDir, shards: 2 });
  expect(after).toMatchObject({ pages: 20_030, built: 'missing' });
  expect(readdirSync(datasetsDir(dataDir)).sort()).toEqual(
    [before, after].map(({ datasetDir }) => path.basename(datasetDir)).sort(),
  );
});

test('a worker that fails fails the build, in one sentence, and leaves nothing behind', async () => {
  const dataDir = await folderWith(...ring);
  // The folder to build in becomes a file.
  const onProgress = ({ phase, done }: TaskProgress) => {
    if (phase !== 'rank' || done > 0) return;
    const building = path.join(datasetsDir(dataDir), readdirSync(datasetsDir(dataDir))[0]!);
    rmSync(building, { recursive: true });
    writeFileSync(building, '');
  };
  await expect(ensureDataset({ dataDir, shards: 2, onProgress })).rejects.toThrow(/^Shard \d\b/);
  expect(readdirSync(datasetsDir(dataDir))).toEqual([]);
  expect(await ensureDataset({ dataDir, shards: 2 })).toMatchObject({ pages: 30, built: 'missing' });
});

test('progress runs through its phases up to the number of pages', async () => {
  const dataDir = await folderWith(...ring, hub);
  const seen: TaskProgress[] = [];
  await ensureDataset({ dataDir, shards: 2, onProgress: (progress) => seen.push(progress) });
  expect([...new Set(seen.map((progress) => progress.phase))]).toEqual(['read', 'rank', 'index']);
  expect(seen.find((progress) => progress.phase === 'read')).toEqual({ phase: 'read', done: 31, total: 31 });
  expect(seen.at(-1)).toEqual({ phase: 'index', done: 31, total: 31 });
});

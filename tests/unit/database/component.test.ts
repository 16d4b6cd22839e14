import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { databaseComponent } from '../../../services/database/component.ts';
import { shardFolder, shardOf } from '../../../search/sharding.ts';
import { writeShard } from '../../../services/database/writer.ts';
import type { Environment } from '../../../shared/cluster/component.ts';
import { createMetrics } from '../../../shared/observe/metrics.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { systemScheduler } from '../../../shared/time/scheduler.ts';
import { seededRandom } from '../../../shared/time/random.ts';
import { madePages } from './made-pages.ts';
import { context } from './sharded.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { readableLog } from './readable-log.ts';

/** Ids that belong to shard 2 of 2. */
const own = Array.from({ length: 400 }, (_, i) => `page-${i}`).filter((id) => shardOf(id, 2) === 2);
const pages = madePages(seededRandom('component'), 80).map((page, i) => ({ ...page, id: own[i]! }));
const plan = { query: 'text', terms: [{ term: 'text', weight: 1 }], phrases: [], exclusions: [] };

/** The component on a node of shard 2 of 2. */
async function start(datasetDir: string) {
  const metrics = createMetrics({ node: 'database-2-1' }, { process: false });
  const environment = {
    node: { shard: 2 },
    topology: { shards: 2 },
    datasetDir,
    clock: systemClock,
    scheduler: systemScheduler,
    log: readableLog().log,
    metrics,
  };
  const running = await databaseComponent.create(environment as unknown as Environment<{}>);
  onTestFinished(() => running.stop?.());
  return { running, metrics };
}

async function made(): Promise<string> {
  const datasetDir = temporaryFolder();
  await writeShard(join(datasetDir, shardFolder(2, 2)), pages);
  return datasetDir;
}

test('every answer fits the contract', async () => {
  const { running } = await start(await made());
  const { find, pages: fetch, neighbours, popularity, vocabulary } = running.handlers;
  const { operations } = databaseComponent.contract;
  const found = await find({ plan, size: 3 }, context);
  operations.find.checkResponse(found);
  expect(found.candidates.map(({ passage }) => passage)).toEqual(
    Array(found.candidates.length).fill('the very same text on many pages'),
  );
  expect(found.total).toBe(2);
  const fetched = await fetch({ ids: [found.candidates[0]!.id, 'none'] }, context);
  operations.pages.checkResponse(fetched);
  expect(fetched.pages.map(({ id }) => id)).toEqual([found.candidates[0]!.id]);
  const beside = await neighbours({ id: found.candidates[0]!.id, size: 1 }, context);
  operations.neighbours.checkResponse(beside);
  const popular = await popularity({ id: 'none' }, context);
  operations.popularity.checkResponse(popular);
  expect(popular.popularity).toBeUndefined();
  const words = await vocabulary({ after: '', size: 10_000 }, context);
  operations.vocabulary.checkResponse(words);
  expect(words.words).toContain('text');
  expect(words.version).not.toBe('');
});

test('statistics of another plan are refused', async () => {
  const { running } = await start(await made());
  const statistics = { documents: 1, fieldLengths: [1, 1, 1], frequencies: [1, 2] };
  await expect(running.handlers.find({ plan, size: 3, statistics }, context)).rejects.toMatchObject({
    code: 'bad_request',
  });
});

test('state and metrics say what the shard is and what searches cost', async () => {
  const { running, metrics } = await start(await made());
  await running.handlers.find({ plan, size: 3 }, context);
  expect(running.state?.()).toMatchObject({ shard: 2, shards: 2, pages: pages.length, checkpoint: 'loaded' });
  const { text } = await metrics.render();
  expect(text).toMatch(/tierlab_database_pages\{[^}]*\} 80\n/);
  expect(text).toMatch(/tierlab_database_postings_read_total\{[^}]*\} 2\n/);
  expect(text).toMatch(/tierlab_database_checkpoint_rebuilds_total\{[^}]*\} 0\n/);
});

test('without a data set it does not start, and says what is missing', async () => {
  await expect(start(temporaryFolder())).rejects.toThrow(/no data set.*shard-2-of-2/);
});

test('a shard that holds a page of another one ends its node rather than show it', async () => {
  const datasetDir = temporaryFolder();
  const foreign = madePages(seededRandom('foreign'), 80).filter(({ id }) => shardOf(id, 2) === 1);
  await writeShard(join(datasetDir, shardFolder(2, 2)), [
    ...pages,
    ...foreign.map((page) => ({ ...page, title: 'foreign' })),
  ]);
  const { running } = await start(datasetDir);
  const { find } = running.handlers as unknown as { find: (request: object, context: object) => Promise<unknown> };
  const wanted = { ...plan, terms: [{ term: 'foreign', weight: 1 }] };
  await expect(find({ plan: wanted, size: 10 }, context)).rejects.toMatchObject({ invariant: 'database.shard' });
});

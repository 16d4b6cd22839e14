import { renameSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { shardFolder } from '../search/sharding.ts';
import { syncFolder } from '../shared/durable.ts';
import { keyId, processingKey } from '../shared/security/processing-key.ts';
import { systemClock, type Clock } from '../shared/time/clock.ts';
import {
  datasetsDir,
  discard,
  fingerprint,
  manifestOf,
  readManifest,
  removeOutdated,
  type DatasetManifest,
  type Fingerprint,
} from './dataset.ts';
import { inPlainWords, throwIfCancelled } from './errors.ts';
import { replaceFile } from '../shared/durable.ts';
import type { Graph } from './graph.ts';
import { markDatasetUsed } from './in-use.ts';
import { withLock, type LockOptions } from './lock.ts';
import type { OnProgress } from './progress.ts';
import type { ShardJob } from './shard-job.ts';
import { readSources, type CorpusSources } from './sources.ts';
import { readCorpus } from './read-corpus.ts';
import { runJobs } from './workers.ts';
import { makeFolder } from '../shared/make-folder.ts';

export interface DatasetOptions extends LockOptions {
  readonly dataDir: string;
  /** The number of shards into which the corpus is cut. */
  readonly shards: number;
  /**
   * The readers check signatures with the processing key: a data set that is signed with another key is built again.
   */
  readonly verifiable?: boolean;
  readonly onProgress?: OnProgress;
  /** Gets one line for the log about each decision. */
  readonly log?: (line: string) => void;
  readonly clock?: Clock;
  /** How many shards are built at the same time. Default: one per core. */
  readonly parallel?: number;
}

export interface Dataset {
  readonly datasetDir: string;
  readonly pages: number;
  /** Why the data set was built; undefined when it existed. */
  readonly built: 'missing' | 'signed with another key' | undefined;
}

/**
 * The data set of the present sources, cut into `shards`. It is found within a few milliseconds, or built when it is
 * missing. A build removes outdated data sets that nobody uses. After an abort or a crash, the earlier state still
 * counts.
 *
 *     sources --read all--> links --PageRank--> popularity, titles --+--> worker: shard 1 --+
 *        |                                                           +--> worker: shard 2 --+--> manifest, rename
 *        +------------read and sign, each worker its shard-----------+
 *
 * Throws CorpusError: `nothing_valid` for an empty corpus, `damaged`, `failed`, `cancelled`.
 */
export async function ensureDataset(options: DatasetOptions): Promise<Dataset> {
  try {
    return (
      findDataset(options) ??
      (await withLock(options.dataDir, options, async () => findDataset(options) ?? buildDataset(options)))
    );
  } catch (error) {
    throw inPlainWords(error);
  }
}

/** The mark comes before the second check, so that nobody can remove the data set between the check and the mark. */
function findDataset({ dataDir, shards, verifiable = false }: DatasetOptions): Dataset | undefined {
  const expected = fingerprint(readSources(dataDir), shards);
  const datasetDir = path.join(datasetsDir(dataDir), expected.cut);
  if (!readManifest(datasetDir, expected)) return undefined;
  markDatasetUsed(datasetDir);
  const manifest = readManifest(datasetDir, expected);
  if (!manifest || (verifiable && manifest.key !== keyId(processingKey(dataDir)))) return undefined;
  return { datasetDir, pages: manifest.pages, built: undefined };
}

async function buildDataset(options: DatasetOptions): Promise<Dataset> {
  const { dataDir, shards, signal, onProgress, log } = options;
  throwIfCancelled(signal);
  const sources = readSources(dataDir);
  const cut = fingerprint(sources, shards);
  const now = (options.clock ?? systemClock).wall();
  for (const name of removeOutdated(dataDir, cut, now)) log?.(`removed the outdated data set ${name}`);

  const datasetDir = path.join(datasetsDir(dataDir), cut.cut);
  const built = readManifest(datasetDir, cut) ? 'signed with another key' : 'missing';
  const building = `${datasetDir}.building`;
  makeFolder(building);
  try {
    const corpus = readCorpus(dataDir, sources, { signal, onProgress });
    const pagesByShard = await runJobs(shardJobs(options, sources, building), {
      table: corpus.then(({ table }) => table),
      parallel: options.parallel ?? availableParallelism(),
      signal,
      onDone: (done, total) => onProgress?.({ phase: 'index', done: Math.floor(done), total }),
    });
    const manifest = describe(cut, options, sources, (await corpus).graph, pagesByShard);
    replaceFile(manifestOf(building), `${JSON.stringify(manifest, undefined, 2)}\n`);
    // A damaged data set may have the same name.
    discard(datasetDir);
    renameSync(building, datasetDir);
    syncFolder(datasetsDir(dataDir));
    markDatasetUsed(datasetDir);
    log?.(
      `built the data set ${cut.cut}: ${manifest.pages} pages, ${manifest.links} links; ` +
        `${manifest.deadLinks} dead links are left out`,
    );
    return { datasetDir, pages: manifest.pages, built };
  } finally {
    discard(building);
  }
}

function shardJobs({ dataDir, shards }: DatasetOptions, sources: CorpusSources, folder: string): ShardJob[] {
  const key = processingKey(dataDir);
  return Array.from({ length: shards }, (_, i) => ({
    dataDir,
    sources,
    shard: i + 1,
    shards,
    folder: path.join(folder, shardFolder(i + 1, shards)),
    key,
  }));
}

function describe(
  cut: Fingerprint,
  { dataDir, shards }: DatasetOptions,
  sources: CorpusSources,
  graph: Graph,
  pagesByShard: number[],
): DatasetManifest {
  return {
    fingerprint: cut.cut,
    corpus: cut.corpus,
    shards,
    pages: graph.ids.length,
    links: graph.from.length,
    deadLinks: graph.deadLinks,
    replaced: graph.replaced,
    pagesByShard,
    sources: [...(sources.default ? ['wordnet'] : []), ...sources.imports.map((entry) => entry.name)],
    key: keyId(processingKey(dataDir)),
  };
}

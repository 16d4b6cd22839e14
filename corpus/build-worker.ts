import { parentPort, workerData } from 'node:worker_threads';
import { writeShard } from '../services/database/writer.ts';
import { shardPages, type ShardJob } from './shard-job.ts';
import type { WorkerMessage } from './workers.ts';

// A thread's entry: makes the one shard that it was started for, and ends. Bundled as a file of its own.

function say(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

const job = workerData as ShardJob;
const stored = { storing: 0, indexing: 0 };
const pages = await writeShard(job.folder, shardPages(job), (progress) => {
  stored[progress.phase] = progress.pages;
  // Every page is handled twice: a page half done counts half.
  say({ done: (stored.storing + stored.indexing) / 2 });
});
say({ pages });

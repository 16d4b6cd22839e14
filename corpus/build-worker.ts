import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { writeShard } from '../services/database/writer.ts';
import { draftPages, finishPages, readAhead, type CorpusTable, type ShardJob } from './shard-job.ts';
import type { WorkerMessage } from './workers.ts';

// The entry of a worker thread: it writes one shard and ends. The bundler makes a file of it.

const port = parentPort;
if (port === null) throw new Error('This file is started by the build, as a worker thread.');

const job = workerData as ShardJob;
const received = once(port, 'message');
const drafts = readAhead(draftPages(job));
const [table] = (await received) as [CorpusTable];

const done = { storing: 0, indexing: 0 };
const pages = await writeShard(job.folder, finishPages(job, drafts, table), (progress) => {
  done[progress.phase] = progress.pages;
  // Every page is stored and indexed: a page that is only stored counts half.
  port.postMessage({ done: (done.storing + done.indexing) / 2 } satisfies WorkerMessage);
});
port.postMessage({ pages } satisfies WorkerMessage);

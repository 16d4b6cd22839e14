import { Worker } from 'node:worker_threads';
import { CorpusError } from './errors.ts';
import type { CorpusTable, ShardJob } from './shard-job.ts';

/**
 * A message of a worker: `done` = how many pages of its shard are done. The last message is `pages`, the size of the
 * shard.
 */
export type WorkerMessage = { readonly done: number } | { readonly pages: number };

/**
 * In the sources, the worker is the file beside this one. The bundler creates a file for the worker and changes this
 * address.
 */
const workerFile = new URL('./build-worker.ts', import.meta.url);

interface RunOptions {
  /** Workers start to read pages before the table is complete. */
  readonly table: Promise<CorpusTable>;
  /** How many jobs run at the same time. */
  readonly parallel: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of finished pages over all jobs, and the number of all pages. */
  readonly onDone: (pages: number, total: number) => void;
}

/**
 * Runs every job in its own thread, `parallel` at a time. The first failure or an abort stops all. Returns the number
 * of pages of each job.
 */
export async function runJobs(
  jobs: readonly ShardJob[],
  { table, parallel, signal, onDone }: RunOptions,
): Promise<number[]> {
  const failed = new AbortController();
  const stop = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const done = jobs.map(() => 0);
  const results = jobs.map(() => 0);
  let next = 0;
  let total = 0;
  table.then(
    ({ popularity }) => void (total = popularity.length),
    (error: unknown) => failed.abort(error),
  );

  async function runner(): Promise<void> {
    while (next < jobs.length) {
      const index = next++;
      results[index] = await runJob(jobs[index]!, table, stop, (pages) => {
        done[index] = pages;
        onDone(
          done.reduce((sum, part) => sum + part, 0),
          total,
        );
      });
    }
  }

  const runners = Array.from({ length: Math.min(parallel, jobs.length) }, () =>
    runner().catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  const outcomes = await Promise.allSettled(runners);
  if (signal?.aborted) throw new CorpusError('cancelled', 'Stopped before it was complete: nothing was changed.');
  if (failed.signal.aborted) throw failed.signal.reason;
  if (outcomes.some((outcome) => outcome.status === 'rejected')) throw new CorpusError('failed', 'A worker stopped.');
  return results;
}

async function runJob(
  job: ShardJob,
  table: Promise<CorpusTable>,
  stop: AbortSignal,
  onDone: (pages: number) => void,
): Promise<number> {
  if (stop.aborted) throw stop.reason;
  // The worker does not inherit the parent's options, because some (--input-type) are invalid for a file.
  const worker = new Worker(workerFile, { workerData: job, execArgv: [] });
  const onAbort = () => void worker.terminate();
  stop.addEventListener('abort', onAbort, { once: true });
  try {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    table.then((message) => worker.postMessage(message), onAbort);
    return await new Promise<number>((resolve, reject) => {
      let pages: number | undefined;
      worker.on('message', (message: WorkerMessage) => {
        if ('pages' in message) pages = message.pages;
        else onDone(message.done);
      });
      worker.on('error', (cause) =>
        reject(
          new CorpusError(
            'failed',
            `Shard ${job.shard} could not be built: ${cause instanceof Error ? cause.message : 'unknown'}`,
            { cause },
          ),
        ),
      );
      // The thread has ended, so its files are closed, and the folder may be used or removed.
      worker.on('exit', () => {
        if (pages === undefined) reject(new CorpusError('failed', `The worker of shard ${job.shard} stopped early.`));
        else resolve(pages);
      });
    });
  } finally {
    stop.removeEventListener('abort', onAbort);
  }
}

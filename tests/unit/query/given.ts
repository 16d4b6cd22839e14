import type { Scheduler } from '../../../shared/time/scheduler.ts';
import type { database } from '../../../services/database/contract.ts';
import type { Statistics } from '../../../search/find-result.ts';
import type { Upstream } from '../../../shared/rpc/upstream.ts';

/** A scheduler whose time passes by order of the test. `waiting` = the delays of the timers that run, ms. */
export function handScheduler() {
  const timers = new Map<number, { delayMs: number; task: () => void }>();
  let next = 0;
  const after: Scheduler['after'] = (delayMs, task) => {
    const id = next++;
    timers.set(id, { delayMs, task });
    return { cancel: () => void timers.delete(id) };
  };
  return {
    scheduler: { after, every: () => ({ cancel: () => {} }) } satisfies Scheduler,
    waiting: () => [...timers.values()].map(({ delayMs }) => delayMs),
    /** Fires all timers that wait now. */
    fire() {
      const due = [...timers.values()];
      timers.clear();
      for (const { task } of due) task();
    },
  };
}

type Database = Upstream<typeof database>;
export interface MadeUpShard {
  version: string;
  words: string[];
  documents: number[];
  statistics: Statistics;
}

/** A database that has these words and finds nothing; `state.calls` = what was asked; `state.down` = it fails. */
export function madeUpDatabase(shards: MadeUpShard[]) {
  const state = { calls: [] as string[], down: false };
  const answer = <T>(operation: string, shard: number | undefined, give: (shard: MadeUpShard) => T): Promise<T> => {
    state.calls.push(`${operation} ${shard}`);
    return state.down ? Promise.reject(new Error('down')) : Promise.resolve(give(shards[(shard ?? 1) - 1]!));
  };
  const upstream: Database = {
    find: (_, __, options) =>
      answer('find', options?.shard, ({ statistics, version }) => ({
        total: 0,
        statistics,
        candidates: [],
        version,
      })),
    findMany: () => Promise.reject(new Error('nothing is batched here')),
    vocabulary: (_, __, options) =>
      answer('vocabulary', options?.shard, ({ version, words, documents }) => ({ version, words, documents })),
    pages: () => Promise.resolve({ version: '', pages: [] }),
    neighbours: () => Promise.resolve({ version: '', before: [], after: [] }),
    popularity: () => Promise.resolve({ version: '' }),
    postings: () => Promise.reject(new Error('nobody asks for a part of the index here')),
  };
  return { state, upstream };
}

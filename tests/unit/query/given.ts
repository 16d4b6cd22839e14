import pino from 'pino';
import type { Environment } from '../../../shared/cluster/component.ts';
import type { Topology, TopologyNode } from '../../../shared/cluster/topology.ts';
import { createMetrics } from '../../../shared/observe/metrics.ts';
import type { Context } from '../../../shared/rpc/context.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { seededRandom } from '../../../shared/time/random.ts';
import type { Scheduler } from '../../../shared/time/scheduler.ts';
import type { database } from '../../../services/database/contract.ts';
import type { Statistics } from '../../../search/find-result.ts';
import type { Upstream } from '../../../shared/rpc/upstream.ts';
import { loneNode } from '../../support/lone-node.ts';

export const context: Context = {
  requestId: 'test',
  trace: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: false },
  deadlineAt: Infinity,
  signal: new AbortController().signal,
  priority: 'read',
  servedBy: [],
};

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

export function environmentWith<Calls extends Record<string, unknown>>(
  upstream: Calls,
  scheduler: Scheduler,
  shards = 1,
) {
  const node: TopologyNode = {
    id: 'query-1',
    group: 'query',
    components: ['query'],
    host: '127.0.0.1',
    port: 0,
    publicPort: 0,
    doors: {},
    opsPort: 0,
  };
  const topology = {
    name: 'test',
    summary: '',
    style: 'layered',
    shards,
    watchdogPort: 0,
    nodes: [node],
  } as unknown as Topology;
  return {
    node,
    incarnation: 1,
    topology,
    clock: systemClock,
    random: seededRandom(1),
    scheduler,
    log: pino({ level: 'silent' }),
    metrics: createMetrics({ node: node.id }, { process: false }),
    upstream,
    ...loneNode,
    newContext: () => context,
  } satisfies Omit<Environment, 'upstream'> & { upstream: Calls };
}

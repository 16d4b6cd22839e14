import { join } from 'node:path';
import { component } from '../../shared/cluster/component.ts';
import { inBatches } from '../../shared/rpc/batched.ts';
import type { Context } from '../../shared/rpc/context.ts';
import type { RequestOf } from '../../shared/rpc/contract.ts';
import { database } from './contract.ts';
import { createFinder } from './finder.ts';
import { indexPartOf } from './index/part.ts';
import { openShard } from './open.ts';
import { shardFolder, shardOf } from '../../search/sharding.ts';
import { shardMetrics, syncTimes } from './shard-metrics.ts';
import { readPages } from './read-pages.ts';
import { createSlices } from './slices.ts';

const { operations } = database;

/** Serves one shard of the data set. */
export const databaseComponent = component({
  contract: database,
  calls: {},
  create({ node, topology, datasetDir, clock, scheduler, log, metrics, disk = () => undefined }) {
    const shardNumber = node.shard ?? 1;
    const syncs = syncTimes(metrics);
    const shard = openShard(join(datasetDir, shardFolder(shardNumber, topology.shards)), clock, log, syncs);
    const observe = shardMetrics(metrics, shard);
    const finder = createFinder(shard, observe, (id) => shardOf(id, topology.shards) === shardNumber);
    const { index, store } = shard;
    log.info({ shard: shardNumber, pages: index.segment.documents, openedMs: shard.openedMs }, 'shard open');
    const inSlices = createSlices(clock, scheduler);
    const find = async (request: RequestOf<typeof operations.find>, context: Context) => {
      await disk(context.requestId);
      return inSlices(finder.find(request), context);
    };
    return {
      handlers: {
        find,
        findMany: inBatches(find),
        async pages({ ids }, context) {
          await disk(context.requestId);
          return { version: store.version, pages: await inSlices(readPages(store, ids), context) };
        },
        async neighbours({ id, size }, { requestId }) {
          await disk(requestId);
          return { version: store.version, ...store.neighbours(id, size) };
        },
        async popularity({ id }, { requestId }) {
          await disk(requestId);
          const popularity = store.popularity(id);
          return { version: store.version, ...(popularity !== undefined && { popularity }) };
        },
        async postings({ term }, context) {
          await disk(context.requestId);
          return { version: store.version, part: await inSlices(indexPartOf(index.segment, term, store.id), context) };
        },
        async vocabulary({ after, size }, { requestId }) {
          await disk(requestId);
          return { version: store.version, ...store.vocabulary(after, size) };
        },
      },
      state: () => ({
        shard: shardNumber,
        shards: topology.shards,
        version: store.version,
        pages: index.segment.documents,
        terms: index.segment.postingStart.length - 1,
        postings: index.segment.docs.length,
        indexBytes: index.bytes,
        openedMs: shard.openedMs,
        checkpoint: shard.rebuilt === undefined ? 'loaded' : `rebuilt: it was ${shard.rebuilt}`,
      }),
      stop: () => store.close(),
    };
  },
});

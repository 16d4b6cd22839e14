import { component } from '../../shared/cluster/component.ts';
import { database } from '../database/contract.ts';
import { findAcrossShards } from '../database/scatter.ts';
import { candidatesFor } from '../../search/candidates.ts';
import { centreOf } from './central-statistics.ts';
import { complete } from './completion.ts';
import { query } from './contract.ts';
import { didYouMean } from './spelling.ts';
import { parse } from './parse.ts';
import { createStatisticsTable } from './statistics-table.ts';
import { keepVocabulary } from './vocabulary-keeper.ts';

/** How long the central table of statistics waits for the shards, ms. */
const tableTimeoutMs = 5_000;

/** The query generator: turns keywords into a structured query, and suggests words of the corpus. */
export const queryComponent = component({
  contract: query,
  calls: { database },
  create(environment) {
    const { upstream, topology, metrics, clock, newContext } = environment;
    const plans = metrics.counter('tierlab_query_plans_total', 'Queries that were planned', ['suggested']);
    for (const suggested of ['true', 'false']) plans.labels({ suggested });
    const keeper = keepVocabulary(environment);
    const askCentre = centreOf(environment);
    // The call has a new context, not that of one search, because other searches may wait for the same answer.
    const table = createStatisticsTable(clock, async (asked) => {
      const part = { plan: asked, size: 1 };
      return (await findAcrossShards(upstream.database, topology.shards, part, newContext(tableTimeoutMs))).statistics;
    });

    function plan(q: string) {
      const { plan, words } = parse(q);
      const suggestion = didYouMean(keeper.vocabulary(), q, words);
      plans.inc({ suggested: String(suggestion !== undefined) });
      return { plan, ...(suggestion === undefined ? {} : { suggestion }) };
    }

    return {
      handlers: {
        plan: async ({ q }) => plan(q),
        suggest: async ({ prefix, size }) => ({ suggestions: complete(keeper.vocabulary(), prefix, size) }),
        async words({ from, size }) {
          const { words, documents } = keeper.vocabulary();
          const part = words.slice(from, from + size);
          return { total: words.length, words: part, documents: part.map((_, i) => documents[from + i]!) };
        },
        statistics: async ({ plan: asked }) => ({ statistics: await table.of(asked) }),
        async search(request, context) {
          const planned = plan(request.q);
          const found = await findAcrossShards(
            upstream.database,
            topology.shards,
            { plan: planned.plan, size: candidatesFor(request) },
            context,
            await askCentre(planned.plan, context),
          );
          return { ...planned, found };
        },
      },
      state: () => ({ words: keeper.vocabulary().words.length, centralTable: table.plans() }),
      stop: keeper.stop,
    };
  },
});

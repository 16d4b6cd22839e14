import { component } from '../../shared/cluster/component.ts';
import { database } from '../database/contract.ts';
import { findAcrossShards } from '../database/scatter.ts';
import { candidatesFor } from '../../search/candidates.ts';
import { complete } from './completion.ts';
import { query } from './contract.ts';
import { didYouMean } from './spelling.ts';
import { parse } from './parse.ts';
import { keepVocabulary } from './vocabulary-keeper.ts';

/** The query generator: turns keywords into a structured query, and suggests words of the corpus. */
export const queryComponent = component({
  contract: query,
  calls: { database },
  create(environment) {
    const { upstream, topology, metrics } = environment;
    const plans = metrics.counter('tierlab_query_plans_total', 'Queries that were planned', ['suggested']);
    for (const suggested of ['true', 'false']) plans.labels({ suggested });
    const keeper = keepVocabulary(environment);

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
          return {
            total: words.length,
            words: words.slice(from, from + size),
            documents: Array.from(documents).slice(from, from + size),
          };
        },
        async search(request, context) {
          const planned = plan(request.q);
          const found = await findAcrossShards(
            upstream.database,
            topology.shards,
            { plan: planned.plan, size: candidatesFor(request) },
            context,
          );
          return { ...planned, found };
        },
      },
      state: () => ({ words: keeper.vocabulary().words.length }),
      stop: keeper.stop,
    };
  },
});

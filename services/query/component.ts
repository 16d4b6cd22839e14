import { component } from '../../shared/cluster/component.ts';
import { database } from '../database/contract.ts';
import { findAcrossShards } from '../database/scatter.ts';
import { candidatesFor } from '../ranking/results.ts';
import { query } from './contract.ts';
import { parse } from './parse.ts';
// Interim: the query engineer's component replaces this file.
export const queryComponent = component({
  contract: query,
  calls: { database },
  create({ upstream, topology }) {
    return {
      handlers: {
        plan: async ({ q }) => ({ plan: parse(q) }),
        suggest: async () => ({ suggestions: [] }),
        async search(request, context) {
          const plan = parse(request.q);
          const found = await findAcrossShards(upstream.database, topology.shards, { plan, size: candidatesFor(request) }, context);
          return { plan, found };
        },
      },
    };
  },
});

import { LRUCache } from 'lru-cache';
import type { Statistics } from '../../search/find-result.ts';
import type { QueryPlan } from '../../search/plan.ts';
import type { Clock } from '../../shared/time/clock.ts';

/** How long an answer is kept, ms. So a write changes the answers of the centre after this time at the latest. */
const keptMs = 10_000;
/** About 1 kB each. */
const maxPlans = 10_000;

/**
 * The table of the centre: the statistics of all shards for each plan that was asked for. `ask` asks the shards. Equal
 * questions at the same time lead to one call to each shard.
 */
export function createStatisticsTable(clock: Clock, ask: (plan: QueryPlan) => Promise<Statistics>) {
  const table = new LRUCache<string, Promise<Statistics>>({
    max: maxPlans,
    ttl: keptMs,
    ttlResolution: 0,
    perf: clock,
  });
  return {
    of(plan: QueryPlan): Promise<Statistics> {
      const key = JSON.stringify(plan.terms);
      const known = table.get(key);
      if (known) return known;
      const asked = ask(plan);
      table.set(key, asked);
      asked.catch(() => table.delete(key));
      return asked;
    },
    plans: () => table.size,
  };
}

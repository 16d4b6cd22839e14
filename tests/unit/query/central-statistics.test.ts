import { expect, test } from 'vitest';
import type { Statistics } from '../../../search/find-result.ts';
import { centralStatistics, centreOf } from '../../../services/query/central-statistics.ts';
import { createStatisticsTable } from '../../../services/query/statistics-table.ts';
import type { Context } from '../../../shared/rpc/context.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import { createPolicyHolder } from '../../../shared/rpc/policy.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';

const context = {} as Context;
const planOf = (term: string) => ({ query: term, terms: [{ term, weight: 1 }], phrases: [], exclusions: [] });
const statistics: Statistics = { documents: 9, fieldLengths: [9, 9, 9], frequencies: [0, 0, 3] };

/** A node with this policy, and the names of the nodes that it asked. */
function caller(policy: object) {
  const holder = createPolicyHolder(policy);
  const asked: string[] = [];
  const state = { down: false };
  const ask = centreOf({
    policy: holder,
    toNode: (_, node) => ({
      statistics() {
        asked.push(node);
        if (state.down) return Promise.reject(new RpcError('unreachable', `no connection to ${node}`));
        return Promise.resolve({ statistics });
      },
    }),
  });
  /** Which of the next `n` searches got statistics of the centre. */
  const searches = async (n: number): Promise<string> => {
    let found = '';
    for (let i = 0; i < n; i++)
      found += await ask(planOf('river'), context).then(
        (given) => (given ? 'c' : '.'),
        () => 'x',
      );
    return found;
  };
  return { holder, asked, state, searches };
}

test('the switch centralStatistics: no search asks a centre, or exactly the stated share asks its node', async () => {
  const it = caller({ base: 'resilient' });
  expect(await it.searches(4)).toBe('....');
  it.holder.set({ centralStatistics: { share: 0.5, node: 'centre-1' } });
  expect(await it.searches(6)).toBe('.c.c.c');
  it.holder.set({ centralStatistics: { share: 0.1 } });
  expect(await it.searches(20)).toBe('.........c.........c');
  expect(it.asked).toEqual(['centre-1', 'centre-1', 'centre-1', 'query-1', 'query-1']);
  it.holder.set({ centralStatistics: true });
  expect(await it.searches(3)).toBe('ccc');
  it.holder.set({ centralStatistics: false });
  expect(await it.searches(3)).toBe('...');
});

test('without the centre, exactly the searches that need it fail', async () => {
  const it = caller({ centralStatistics: { share: 0.25 } });
  it.state.down = true;
  expect(await it.searches(8)).toBe('...x...x');
});

test('a search without words needs no centre', async () => {
  const centre = () => ({ statistics: () => Promise.reject(new Error('nobody asks')) });
  const ask = centralStatistics({ settings: () => ({ share: 1, node: 'a' }), centre });
  expect(await ask({ query: '', terms: [], phrases: [], exclusions: [] }, context)).toBeUndefined();
});

test('the table asks the shards once for equal plans, again after 10 s, and again after a failure', async () => {
  const { clock, scheduler, runSync } = createSimulation('table');
  // A clock that shows 0 means "never" to the cache.
  scheduler.after(1, () => {});
  runSync();
  let asked = 0;
  let down = true;
  const table = createStatisticsTable(clock, () => {
    asked++;
    return down ? Promise.reject(new Error('no shard')) : Promise.resolve(statistics);
  });
  await expect(table.of(planOf('river'))).rejects.toThrow('no shard');
  down = false;
  await Promise.all([table.of(planOf('river')), table.of(planOf('river')), table.of(planOf('bridge'))]);
  expect(asked).toBe(3);
  expect(table.plans()).toBe(2);
  scheduler.after(10_001, () => {});
  runSync();
  expect(await table.of(planOf('river'))).toEqual(statistics);
  expect(asked).toBe(4);
});

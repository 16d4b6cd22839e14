import { isDeepStrictEqual } from 'node:util';
import type { FindResult } from '../../../search/find-result.ts';
import type { QueryPlan } from '../../../search/plan.ts';
import type { TopologyNode } from '../../../shared/cluster/topology.ts';
import { CommandError } from '../../errors.ts';
import { callDirectly, type DirectCall } from '../../direct-call.ts';

export type MatrixNode = Pick<TopologyNode, 'id' | 'components' | 'shard' | 'host' | 'port' | 'publicPort' | 'opsPort'>;

/** The direct questions for a node of each tier, and the comparison that tells true answers from lies. */
export interface Questions {
  /** Two different questions of the same operation. Those for a database node are about the shard that it holds. */
  readonly of: (component: string, shard: number | undefined) => readonly [DirectCall, DirectCall];
}

const words = ['water', 'music'] as const;
const asked = 25;

/**
 * Asks tier by tier, from the lowest to the highest, so that every question is one that real users cause. Throws
 * CommandError if a tier is silent.
 */
export async function prepareQuestions(nodes: readonly MatrixNode[]): Promise<Questions> {
  async function answer<T>(component: string, question: DirectCall): Promise<T> {
    const holds = ({ shard }: MatrixNode) =>
      question.shard === undefined || shard === undefined || shard === question.shard;
    const node = nodes.find((node) => node.components.includes(component) && holds(node));
    if (!node) throw new CommandError(`this topology has no ${component}: the matrix needs the tiers of a search`);
    const outcome = await callDirectly(node, question, { timeoutMs: 10_000 });
    if (!outcome.ok)
      throw new CommandError(
        `${node.id} does not answer before anything was broken: ${outcome.detail ?? outcome.failure}`,
      );
    return outcome.body as T;
  }

  const databases = nodes.filter(({ components }) => components.includes('database'));
  const shards = [...new Set(databases.map(({ shard = 1 }) => shard))];

  /** The question to the database nodes of one shard, and their findings. */
  async function ofShard(shard: number, q: string, plan: QueryPlan) {
    const find: DirectCall = { component: 'database', operation: 'find', shard, request: { plan, size: asked } };
    const found = await answer<FindResult>('database', find);
    if (found.candidates.length < 2)
      throw new CommandError(`the data set knows too little about "${q}" to tell answers apart`);
    const ids = found.candidates.slice(0, 5).map(({ id }) => id);
    return { shard, found, find, pages: { component: 'database', operation: 'pages', shard, request: { ids } } };
  }

  const made = await Promise.all(
    words.map(async (q) => {
      const plan: DirectCall = { component: 'query', operation: 'plan', request: { q } };
      const planned = await answer<{ plan: QueryPlan }>('query', plan);
      const data = await Promise.all(shards.map((shard) => ofShard(shard, q, planned.plan)));
      const { statistics, candidates } = data[0]!.found;
      const rank: DirectCall = {
        component: 'ranking',
        operation: 'rank',
        request: {
          plan: { terms: planned.plan.terms },
          statistics,
          candidates: candidates.map(({ id, frequencies, lengths, popularity }) => ({
            id,
            frequencies,
            lengths,
            popularity,
          })),
          offset: 0,
          size: 10,
          explain: false,
        },
      };
      return { query: plan, ranking: rank, data };
    }),
  );
  const active: DirectCall = { component: 'chaos', operation: 'active', request: {} };
  return {
    of(component, shard = 1) {
      if (component === 'chaos') return [active, active];
      const [first, second] = made.map(({ query, ranking, data }) => {
        if (component === 'query') return query;
        if (component === 'ranking') return ranking;
        const own = data.find((it) => it.shard === shard) ?? data[0]!;
        return component === 'pages' ? own.pages : own.find;
      });
      return [first!, second!];
    },
  };
}

/** Whether two answers say the same. */
export const sameAnswer = (a: unknown, b: unknown): boolean => isDeepStrictEqual(a, b);

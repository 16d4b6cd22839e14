import { isDeepStrictEqual } from 'node:util';
import type { FindResult } from '../../../search/found.ts';
import type { Plan } from '../../../search/plan.ts';
import type { TopologyNode } from '../../../shared/cluster/topology.ts';
import { CommandError } from '../../errors.ts';
import { ask, type Question } from './direct.ts';

export type Node = Pick<TopologyNode, 'id' | 'components' | 'shard' | 'host' | 'port' | 'publicPort' | 'opsPort'>;

/** What a node of each tier can be asked directly, and how its answers are told apart from lies. */
export interface Questions {
  /** Two different questions of the same operation. */
  readonly of: (component: string) => readonly [Question, Question];
}

const words = ['water', 'music'] as const;
const asked = 25;

/**
 * Asks the way up, tier by tier, so that every question is one that real users cause. Throws CommandError where a
 * tier is silent.
 */
export async function prepareQuestions(nodes: readonly Node[]): Promise<Questions> {
  async function answer<T>(component: string, question: Question): Promise<T> {
    const node = nodes.find(({ components }) => components.includes(component));
    if (!node) throw new CommandError(`this topology has no ${component}: the matrix needs the tiers of a search`);
    const outcome = await ask(node, question, { timeoutMs: 10_000 });
    if (!outcome.ok)
      throw new CommandError(
        `${node.id} does not answer before anything was broken: ${outcome.detail ?? outcome.failure}`,
      );
    return outcome.body as T;
  }

  const made = await Promise.all(
    words.map(async (q) => {
      const plan: Question = { component: 'query', operation: 'plan', request: { q } };
      const planned = await answer<{ plan: Plan }>('query', plan);
      const find: Question = {
        component: 'database',
        operation: 'find',
        shard: 1,
        request: { plan: planned.plan, size: asked },
      };
      const found = await answer<FindResult>('database', find);
      if (found.candidates.length < 2)
        throw new CommandError(`the data set knows too little about "${q}" to tell answers apart`);
      const candidates = found.candidates.map(({ id, frequencies, lengths, popularity }) => ({
        id,
        frequencies,
        lengths,
        popularity,
      }));
      const rank: Question = {
        component: 'ranking',
        operation: 'rank',
        request: {
          plan: { terms: planned.plan.terms },
          statistics: found.statistics,
          candidates,
          offset: 0,
          size: 10,
          explain: false,
        },
      };
      const pages: Question = {
        component: 'database',
        operation: 'pages',
        shard: 1,
        request: { ids: found.candidates.slice(0, 5).map(({ id }) => id) },
      };
      return { query: plan, database: find, ranking: rank, pages };
    }),
  );
  const active: Question = { component: 'chaos', operation: 'active', request: {} };
  return {
    of(component) {
      if (component === 'chaos') return [active, active];
      const [first, second] = made.map((it) => it[component as keyof typeof it]);
      return [first!, second!];
    },
  };
}

/** Whether two answers say the same. */
export const sameAnswer = (a: unknown, b: unknown): boolean => isDeepStrictEqual(a, b);

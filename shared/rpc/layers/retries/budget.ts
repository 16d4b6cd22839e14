import Type, { type Static } from 'typebox';
import type { Call } from '../../call.ts';
import { groupKey } from '../../group-key.ts';

export const BudgetSettings = Type.Object(
  {
    ratio: Type.Number({
      default: 0.2,
      minimum: 0,
      maximum: 1,
      description: 'extra attempts per answered call (Finagle: 20%)',
    }),
    reserve: Type.Number({
      default: 50,
      minimum: 0,
      description: 'how many extra attempts can be saved up: about as many as there are calls in flight to one node',
    }),
  },
  { additionalProperties: false },
);
export type BudgetSettings = Static<typeof BudgetSettings>;

/** A token bucket for extra attempts: answered calls earn tokens, extra attempts spend them. */
export interface RetryBudget {
  /** One answered call: earns `ratio` tokens. */
  earn(): void;
  /** Takes one token. Returns false, and takes nothing, when there is none. */
  spend(): boolean;
  readonly tokens: number;
}

/**
 * Extra attempts are at most `ratio` of the answered calls, plus a `reserve` for the moment when a node dies. The
 * bucket holds no more than the reserve, so a long quiet time cannot save up tokens for a retry storm. Failed calls
 * earn nothing, so a retry storm runs out of tokens. Source: Finagle's RetryBudget (20% and a minimum), gRPC's retry
 * throttling (proposal A6). The budget counts calls and not time, so it needs no clock.
 */
export function createBudget({ ratio, reserve }: BudgetSettings): RetryBudget {
  let tokens = reserve;
  return {
    earn() {
      tokens = Math.min(reserve, tokens + ratio);
    },
    spend() {
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
    get tokens() {
      return tokens;
    },
  };
}

const unlimited: RetryBudget = { earn: () => undefined, spend: () => true, tokens: Infinity };

/** The budget that a call takes its extra attempts from: one per replica group. */
export interface Budgets {
  (call: Pick<Call, 'component' | 'shard'>): RetryBudget;
  /** The part of the reserve that is left in the emptiest budget of a component's groups; 1 where there is no limit. */
  left(component: string): number;
}

/** No limit where `read` returns false. */
export function createBudgets(read: () => BudgetSettings | false): Budgets {
  let settings: BudgetSettings | false = false;
  let budgets = new Map<string, RetryBudget>();
  function budgetOf(call: Pick<Call, 'component' | 'shard'>): RetryBudget {
    const wanted = read();
    if (wanted === false) return unlimited;
    if (wanted !== settings) {
      settings = wanted;
      budgets = new Map();
    }
    return budgets.getOrInsertComputed(groupKey(call), () => createBudget(wanted));
  }

  function left(component: string): number {
    const { reserve } = read() || { reserve: 0 };
    if (reserve === 0) return 1;
    const own = [...budgets].filter(([key]) => key === component || key.startsWith(`${component}/`));
    return Math.min(1, ...own.map(([, { tokens }]) => tokens / reserve));
  }

  return Object.assign(budgetOf, { left });
}

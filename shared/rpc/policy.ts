import { isDeepStrictEqual } from 'node:util';
import Type, { type Static, type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import type { Scheduler } from '../time/scheduler.ts';
import type { Endpoint, Layer } from './call.ts';
import { RpcError } from './errors.ts';
import { balance, BalanceSettings } from './layers/balance.ts';
import { type Budget, BudgetSettings, createBudget } from './layers/budget.ts';
import { deadline, DeadlineSettings } from './layers/deadline.ts';
import { type Observe, observeNothing } from './layers/events.ts';
import { createPeers, type Peers } from './layers/peers.ts';
import { retry, RetrySettings } from './layers/retry.ts';
import { switchable } from './layers/switchable.ts';

/** Every mechanism by its name, with the schema of its settings. The order is that of the stack, outermost first. */
const mechanisms = {
  deadline: DeadlineSettings,
  budget: BudgetSettings,
  retry: RetrySettings,
  balance: BalanceSettings,
} as const;
type Mechanism = keyof typeof mechanisms;
const names = Object.keys(mechanisms) as Mechanism[];

/** What a mechanism may be set to: on with its defaults, off, or some settings of its own. */
const setting = <S extends TSchema>(settings: S) => Type.Optional(Type.Union([Type.Boolean(), Type.Partial(settings)]));

/** `naive` = no more than choosing a replica in turn; `resilient` = everything; or one of them with single mechanisms set by name. */
export const PolicyFile = Type.Union([
  Type.Literal('naive'),
  Type.Literal('resilient'),
  Type.Object(
    {
      base: Type.Optional(Type.Union([Type.Literal('naive'), Type.Literal('resilient')])),
      deadline: setting(DeadlineSettings),
      budget: setting(BudgetSettings),
      retry: setting(RetrySettings),
      balance: setting(BalanceSettings),
    },
    { additionalProperties: false },
  ),
]);
export type PolicyFile = Static<typeof PolicyFile>;

/** A policy with every mechanism spelled out: its settings, or false for "off". */
export type Policy = { readonly [Name in Mechanism]: Static<(typeof mechanisms)[Name]> | false };

/** `balance` cannot be off: something has to choose. */
const naive: Partial<Record<Mechanism, object | boolean>> = {
  deadline: true,
  balance: { by: 'round_robin', panicShare: 1, slowStartMs: 0 },
};
const resilient: Partial<Record<Mechanism, object | boolean>> = Object.fromEntries(names.map((name) => [name, true]));

/** Spells a policy out. Throws `bad_request` for names and values that do not exist; `balance: false` means in turn. */
export function resolvePolicy(file: PolicyFile): Policy {
  if (!Value.Check(PolicyFile, file)) {
    const [first] = Value.Errors(PolicyFile, file);
    throw new RpcError(
      'bad_request',
      `policy${first?.instancePath.replaceAll('/', '.') ?? ''}: ${first?.message ?? 'not valid'}`,
    );
  }
  const { base = 'resilient', ...own } = typeof file === 'string' ? { base: file } : file;
  const given: Partial<Record<Mechanism, object | boolean>> = { ...(base === 'naive' ? naive : resilient), ...own };
  if (given.balance === false) given.balance = naive.balance!;
  const resolved = names.map((name) => {
    const value = given[name] ?? false;
    return [name, value === false ? false : { ...(Value.Create(mechanisms[name]) as object), ...(value === true ? {} : value) }];
  });
  return Object.fromEntries(resolved) as Policy;
}

/** The policy in force on one node. It can be changed while calls run: the change takes effect with the next call. */
export interface PolicyHolder {
  readonly current: Policy;
  /** Throws `bad_request`, and changes nothing, where the policy is not valid. */
  set(file: PolicyFile): void;
}

export function createPolicyHolder(file: PolicyFile): PolicyHolder {
  let current = resolvePolicy(file);
  return {
    get current() {
      return current;
    },
    set(file) {
      const wanted = resolvePolicy(file);
      // A mechanism whose settings stay keeps its object, and by that its state.
      const kept = names.map((name) => [name, isDeepStrictEqual(current[name], wanted[name]) ? current[name] : wanted[name]]);
      current = Object.fromEntries(kept) as Policy;
    },
  };
}

export interface ClientDependencies {
  readonly clock: Clock;
  readonly random: Random;
  /** Many short timers: pass a timer wheel (shared/time/wheel.ts) where there are real clocks. */
  readonly scheduler: Scheduler;
  /** The replicas of a component, of one shard where it is sharded, that may be called now. */
  readonly endpoints: (component: string, shard?: number) => readonly Endpoint[];
  readonly observe?: Observe;
  /** What is known of the replicas; made here unless somebody wants to look at it. */
  readonly peers?: Peers;
}

/** The client's layers, outermost first; `compose(layers, transport)` makes a service of them. One stack per node. */
export function clientLayers(policy: PolicyHolder, dependencies: ClientDependencies): Layer[] {
  const { clock, random, scheduler, endpoints, observe = observeNothing, peers = createPeers(clock) } = dependencies;
  const budgets = createBudgets(() => policy.current.budget);
  return [
    switchable(
      () => policy.current.deadline,
      (settings) => deadline(settings, { clock, scheduler }),
    ),
    switchable(
      () => policy.current.retry,
      (settings) => retry(settings, { clock, random, scheduler, budget: budgets, observe }),
    ),
    switchable(
      () => policy.current.balance,
      (settings) => balance(settings, { clock, random, endpoints, peers, observe }),
    ),
  ];
}

const unlimited: Budget = { earn: () => undefined, spend: () => true, refund: () => undefined, tokens: Infinity };

/** One budget per component that is called; without limit where the mechanism is off. */
function createBudgets(read: () => BudgetSettings | false): (component: string) => Budget {
  let settings: BudgetSettings | false = false;
  let budgets = new Map<string, Budget>();
  return (component) => {
    const wanted = read();
    if (wanted === false) return unlimited;
    if (wanted !== settings) {
      settings = wanted;
      budgets = new Map();
    }
    let budget = budgets.get(component);
    if (!budget) budgets.set(component, (budget = createBudget(wanted)));
    return budget;
  };
}

import { isDeepStrictEqual } from 'node:util';
import Type, { type Static, type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { RpcError } from './errors.ts';
import { schemaProblem } from '../schema/problem.ts';
import { type Given, inTurn, isPreset, presetNames, presetOf } from './presets.ts';
import { AdmissionSettings } from './layers/admission.ts';
import { AttemptTimeoutSettings } from './layers/attempt-timeout.ts';
import { BalanceSettings } from './layers/balance.ts';
import { BatchSettings } from './layers/batch.ts';
import { BreakerSettings } from './layers/breaker.ts';
import { BudgetSettings } from './layers/budget.ts';
import { CacheSettings } from './layers/cache.ts';
import { DeadlineSettings } from './layers/deadline.ts';
import { DedupeSettings } from './layers/dedupe.ts';
import { HedgeSettings } from './layers/hedge.ts';
import { InFlightSettings } from './layers/in-flight.ts';
import { OutlierSettings } from './layers/outlier.ts';
import { QuorumSettings } from './layers/quorum.ts';
import { RetrySettings } from './layers/retry.ts';
import { RoutesSettings } from './layers/routes.ts';
import { ThrottleSettings } from './layers/throttle.ts';

/** What each preset has is in presets.ts. */
const Preset = Type.Enum([...presetNames]);

const NoSettings = Type.Object({}, { additionalProperties: false });

/** Every mechanism by its name, with the schema of its settings: client side, outermost first, then server side. */
const mechanisms = {
  deadline: DeadlineSettings,
  cache: CacheSettings,
  batch: BatchSettings,
  quorum: QuorumSettings,
  breaker: BreakerSettings,
  throttle: ThrottleSettings,
  /** What `hedge` and `retry` may spend together on calls that failed. */
  budget: BudgetSettings,
  hedge: HedgeSettings,
  retry: RetrySettings,
  balance: BalanceSettings,
  outlier: OutlierSettings,
  inFlight: InFlightSettings,
  attemptTimeout: AttemptTimeoutSettings,
  /** Replies fit their schema, come in the right name, and are signed by whom they must be. */
  verify: NoSettings,
  routes: RoutesSettings,
  admission: AdmissionSettings,
  expire: NoSettings,
  dedupe: DedupeSettings,
} as const;

export type Mechanism = keyof typeof mechanisms;
export const mechanismNames = Object.keys(mechanisms) as Mechanism[];

/** On with its defaults, off, or some settings of its own. */
const setting = <S extends TSchema>(settings: S) =>
  Type.Optional(Type.Union([Type.Boolean(), Type.Partial(settings, { additionalProperties: false })]));

const MechanismsByName = Type.Object(
  {
    base: Type.Optional(Preset),
    deadline: setting(DeadlineSettings),
    cache: setting(CacheSettings),
    batch: setting(BatchSettings),
    quorum: setting(QuorumSettings),
    breaker: setting(BreakerSettings),
    throttle: setting(ThrottleSettings),
    budget: setting(BudgetSettings),
    hedge: setting(HedgeSettings),
    retry: setting(RetrySettings),
    balance: setting(BalanceSettings),
    outlier: setting(OutlierSettings),
    inFlight: setting(InFlightSettings),
    attemptTimeout: setting(AttemptTimeoutSettings),
    verify: setting(NoSettings),
    routes: setting(RoutesSettings),
    admission: setting(AdmissionSettings),
    expire: setting(NoSettings),
    dedupe: setting(DedupeSettings),
  },
  { additionalProperties: false },
);

/** A preset, or one with single mechanisms set by name. */
export const PolicyFile = Type.Union([Preset, MechanismsByName]);
export type PolicyFile = Static<typeof PolicyFile>;

/** A policy with every mechanism spelled out: its settings, or false for "off". */
export type Policy = { readonly [Name in Mechanism]: Static<(typeof mechanisms)[Name]> | false };

/**
 * Spells a policy out. Mechanisms that it does not name are as in its `base`, else as in `inForce`; of one that it names, what is not
 * set has its default. Throws `bad_request` for names and values that do not exist. `balance: false` means in turn: something has to
 * choose.
 */
export function resolvePolicy(file: unknown, inForce: Given = presetOf('resilient', mechanismNames)): Policy {
  const { base, ...own } = checkPolicy(file);
  const given: Given = { ...(base === undefined ? inForce : presetOf(base, mechanismNames)), ...own };
  if (given.balance === false) given.balance = inTurn;
  const resolved = mechanismNames.map((name) => {
    const value = given[name] ?? false;
    return [name, value === false ? false : { ...Value.Create(mechanisms[name]), ...(value === true ? {} : value) }];
  });
  return Object.fromEntries(resolved) as Policy;
}

function checkPolicy(file: unknown): Static<typeof MechanismsByName> {
  if (isPreset(file)) return { base: file };
  if (typeof file !== 'object' || file === null)
    throw new RpcError(
      'bad_request',
      `policy: ${presetNames.join(', ')} or mechanisms by name, such as {"hedge":false}, are wanted, not ${JSON.stringify(file)}`,
    );
  for (const [name, value] of Object.entries(file)) {
    if (!Object.hasOwn(MechanismsByName.properties, name))
      throw new RpcError(
        'bad_request',
        `policy.${name}: there is no such mechanism; there are ${mechanismNames.join(', ')}`,
      );
    const schema =
      Object.hasOwn(mechanisms, name) && typeof value === 'object'
        ? Type.Partial(mechanisms[name as Mechanism], { additionalProperties: false })
        : undefined;
    const wrong = schema && schemaProblem(schema, value, `policy.${name}`);
    if (wrong) throw new RpcError('bad_request', wrong);
  }
  if (!Value.Check(MechanismsByName, file))
    throw new RpcError('bad_request', schemaProblem(MechanismsByName, file, 'policy') ?? 'policy: it is not valid');
  return file;
}

/** The policy in force on one node. It can be changed while calls run: the change takes effect with the next call. */
export interface PolicyHolder {
  readonly current: Policy;
  /**
   * A preset, or a change: mechanisms that it does not name stay as they are, unless it has a `base`. Throws `bad_request`, and changes
   * nothing, where it is not valid.
   */
  set(file: unknown): void;
}

export function createPolicyHolder(file: unknown): PolicyHolder {
  let current = resolvePolicy(file);
  return {
    get current() {
      return current;
    },
    set(file) {
      const wanted = resolvePolicy(file, current);
      // A mechanism whose settings stay keeps its object, and by that its state.
      const kept = mechanismNames.map((name) => [
        name,
        isDeepStrictEqual(current[name], wanted[name]) ? current[name] : wanted[name],
      ]);
      current = Object.fromEntries(kept) as Policy;
    },
  };
}

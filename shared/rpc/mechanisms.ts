import Type, { type Static, type TSchema } from 'typebox';
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

const NoSettings = Type.Object({}, { additionalProperties: false });

/** Something has to choose: this is what `balance: false` and `naive` come to. */
const inTurn = { by: 'round_robin', panicShare: 0, slowStartMs: 0 };

/**
 * The one list of layers and mechanisms. The order of both stacks (client-layers.ts, server-layers.ts), the settings of
 * a policy (policy.ts), the presets, the help of `tierlab policy` and the tables of layers/README.md are made from it.
 * Layers stand in their order, outermost first.
 *
 *   does       what it does, in one line; `without` = what happens where it is missing
 *   settings   the schema of its settings, with the defaults. A row with settings is a mechanism, which a policy can
 *              switch and set. A row without is a layer that every node has.
 *   beside     it is no layer of its own: other layers ask it, or tell it what happened
 *   naive      the mechanism in the preset `naive`, where it is on there. In `resilient` all are on, with defaults.
 *   misSet     the mechanism in the preset `mis-set`, where it is not as in `resilient`
 *   off        what "off" comes to, where there must be something
 */
export interface Row {
  readonly does: string;
  readonly without: string;
  readonly settings?: TSchema;
  readonly beside?: true;
  readonly naive?: Given;
  readonly misSet?: Given;
  readonly off?: Given;
}

/** A mechanism as a policy gives it: on with its defaults, off, or some settings of its own. */
export type Given = boolean | object;

export const clientSide = {
  watchCalls: {
    does: 'times the whole call, with its retries, hedges and waiting',
    without: 'nobody knows',
  },
  deadline: {
    settings: DeadlineSettings,
    does: 'one deadline for all attempts of a call',
    without: 'a hung replica holds its callers for ever',
    naive: true,
  },
  cache: {
    settings: CacheSettings,
    does: 'answers from memory; equal calls at the same time are sent once',
    without: 'the same work again and again',
  },
  batch: {
    settings: BatchSettings,
    does: 'many fine-grained calls leave as one',
    without: 'a round trip for each',
  },
  quorum: {
    settings: QuorumSettings,
    does: 'waits for f + 1 equal answers',
    without: 'one liar is believed',
  },
  breaker: {
    settings: BreakerSettings,
    does: 'fails fast while a whole replica group is down',
    without: 'everybody waits for what cannot come',
    misSet: false,
  },
  throttle: {
    settings: ThrottleSettings,
    does: 'refuses here what would be refused there',
    without: 'a busy server spends its time refusing',
    misSet: false,
  },
  budget: {
    settings: BudgetSettings,
    beside: true,
    does: 'limits what `hedge` and `retry` may spend together on calls that failed',
    without: 'retries turn a slowdown into an outage',
    misSet: { ratio: 1, reserve: 1_000 },
  },
  hedge: {
    settings: HedgeSettings,
    does: 'asks a second replica when the first is slow',
    without: 'one straggler in a fan-out makes all of it slow',
    // Below the median: nearly every call is made twice, and nothing bounds that.
    misSet: { fixedDelayMs: 2, ratio: 1, compositeRatio: 1, reserve: 1_000, blind: true },
  },
  retry: {
    settings: RetrySettings,
    does: 'asks again after a failure that another attempt may cure',
    without: 'one lost connection is a failed page',
    // Five at every level: a failure below is tried 5 x 5 x 5 times.
    misSet: { maxAttempts: 5, baseMs: 1, maxMs: 2, anyDepth: true },
  },
  balance: {
    settings: BalanceSettings,
    does: 'chooses the replica for each attempt',
    without: 'a slow replica gets as many calls as a fast one',
    naive: inTurn,
    misSet: inTurn,
    off: inTurn,
  },
  attempts: {
    does: 'times each attempt, and tells all who learn from it',
    without: 'nothing can tune itself',
  },
  outlier: {
    settings: OutlierSettings,
    beside: true,
    does: 'leaves out a replica that fails, is silent, or is far slower than the others',
    without: 'every call tries it again',
    misSet: false,
  },
  inFlight: {
    settings: InFlightSettings,
    does: 'allows only so many calls to one replica at a time',
    without: 'they queue in the connection pool, unseen',
  },
  attemptTimeout: {
    settings: AttemptTimeoutSettings,
    does: 'gives an attempt up while there is time for another one',
    without: 'a hung replica uses up the whole deadline',
    // Below the tail of a busy machine: good answers are thrown away shortly before they come.
    misSet: { fixedMs: 25 },
  },
  verify: {
    settings: NoSettings,
    does: 'checks schema, name and signature of each reply',
    without: 'what is broken or forged is believed',
  },
  routes: {
    settings: RoutesSettings,
    does: 'takes another address of the same node',
    without: 'one cable is a dead node',
  },
} as const satisfies Record<string, Row>;

export const serverSide = {
  faultsAtEntry: {
    does: 'plays a deaf, lying or limping node, where such a fault is injected',
    without: 'nobody can practise',
  },
  selfMeter: {
    does: 'measures how slow this node itself is',
    without: 'it blames others for its own pauses',
  },
  fence: {
    does: "refuses calls while another node holds this one's place",
    without: 'two nodes act as one',
  },
  serverStats: {
    does: 'counts and times each call by its result',
    without: 'nobody knows',
  },
  receipts: {
    does: 'signs an answer, where the caller audits',
    without: 'a liar can deny that it said so',
  },
  failFast: {
    does: 'ends a node whose invariants do not hold',
    without: 'it answers with what it believes',
  },
  expire: {
    settings: NoSettings,
    does: 'refuses calls that nobody waits for any more',
    without: 'useless work, when time is shortest',
  },
  admission: {
    settings: AdmissionSettings,
    does: 'refuses calls while they wait too long in this very process',
    without: 'all answers are slow, then all are late',
    // More than the machine can do at a time: everything queues, nothing is refused.
    misSet: { fixedLimit: 1_000 },
  },
  dedupe: {
    settings: DedupeSettings,
    does: 'makes a write with an idempotency key happen once',
    without: 'a retried write happens twice',
    naive: true,
  },
  faultsAtHandler: {
    does: 'plays a slow or failing handler, where such a fault is injected',
    without: 'nobody can practise',
  },
} as const satisfies Record<string, Row>;

type Rows = typeof clientSide & typeof serverSide;

export type Mechanism = { [Name in keyof Rows]: Rows[Name] extends { settings: TSchema } ? Name : never }[keyof Rows];

/** The settings of a mechanism, all spelled out. */
export type SettingsOf<Name extends Mechanism> = Static<Rows[Name]['settings']>;

type LayersOf<Side> = {
  [Name in keyof Side]: Side[Name] extends { beside: true } ? never : Name;
}[keyof Side];
export type ClientLayer = LayersOf<typeof clientSide>;
export type ServerLayer = LayersOf<typeof serverSide>;

const rows: Readonly<Record<string, Row>> = { ...clientSide, ...serverSide };

export const mechanismNames = Object.keys(rows).filter((name) => rows[name]!.settings) as Mechanism[];
export const clientOrder = layersOf(clientSide) as ClientLayer[];
export const serverOrder = layersOf(serverSide) as ServerLayer[];

export const mechanismRow = (name: Mechanism): Row & { readonly settings: TSchema } => ({
  ...rows[name]!,
  settings: rows[name]!.settings!,
});

function layersOf(side: Readonly<Record<string, Row>>): string[] {
  return Object.keys(side).filter((name) => !side[name]!.beside);
}

import Type, { type Static, type TSchema } from 'typebox';
import { AdmissionSettings } from './layers/overload/admission.ts';
import { AttemptTimeoutSettings } from './layers/retries/attempt-timeout.ts';
import { BalanceSettings } from './layers/balancing/balance.ts';
import { BatchSettings } from './layers/sharing/batch.ts';
import { BreakerSettings } from './layers/overload/breaker.ts';
import { BudgetSettings } from './layers/retries/budget.ts';
import { CacheSettings } from './layers/sharing/cache.ts';
import { DeadlineSettings } from './layers/deadlines/deadline.ts';
import { DedupeSettings } from './layers/sharing/dedupe.ts';
import { HedgeSettings } from './layers/retries/hedge.ts';
import { InFlightSettings } from './layers/overload/in-flight.ts';
import { OutlierSettings } from './layers/replicas/outlier.ts';
import { QuorumSettings } from './layers/trust/quorum.ts';
import { RetrySettings } from './layers/retries/retry.ts';
import { CentralStatisticsSettings } from './central-statistics-settings.ts';
import { StationSettings } from './layers/station.ts';
import { RoutesSettings } from './layers/balancing/routes.ts';
import { ThrottleSettings } from './layers/overload/throttle.ts';
import { TraceSettings } from './layers/trace.ts';
import { EvidenceSettings, FixedDetectorSettings } from './monitoring-settings.ts';

const NoSettings = Type.Object({}, { additionalProperties: false });

/** A call needs a replica, so `balance: false` and `naive` choose replicas round robin. */
const inTurn = { by: 'round_robin', panicShare: 0, slowStartMs: 0 };

/**
 * The one list of layers and mechanisms. The order of both stacks (client-layers.ts, server-layers.ts), the settings of
 * a policy (policy.ts), the presets, the help of `tierlab policy` and the tables of layers/README.md are made from it.
 * Layers stand in their order, outermost first.
 *
 *   does       the task of the layer, in one line; `without` = the harm when the layer is missing
 *   settings   the schema of its settings, with the defaults. A row with settings is a mechanism, which a policy can
 *              switch and set. A row without settings is a layer that every node has.
 *   beside     the row is no layer of its own: other layers ask it, or report to it
 *   naive      the mechanism in the preset `naive`, if it is on there. In `resilient` all are on, with defaults.
 *   misSet     the mechanism in the preset `mis-set`, where it differs from `resilient`
 *   onDemand   the mechanism is for experiments: off in every preset, on where a policy names it
 *   off        the settings that "off" stands for, where the mechanism cannot be left out
 */
export interface MechanismRow {
  readonly does: string;
  readonly without: string;
  readonly settings?: TSchema;
  readonly beside?: true;
  readonly naive?: Given;
  readonly misSet?: Given;
  readonly off?: Given;
  readonly onDemand?: true;
}

/** The value of a mechanism in a policy: true = on with its defaults, false = off, or some settings of its own. */
export type Given = boolean | object;

export const clientSide = {
  watchCalls: {
    does: 'times the whole call, with its retries, hedges and waiting',
    without: 'operators cannot see slow or failed calls',
  },
  deadline: {
    settings: DeadlineSettings,
    does: 'sets one deadline for all attempts of a call',
    without: 'callers of a hung replica wait for ever',
    naive: true,
  },
  cache: {
    settings: CacheSettings,
    does: 'answers from memory; equal calls at the same time are sent once',
    without: 'the same work is done again and again',
  },
  batch: {
    settings: BatchSettings,
    does: 'sends many fine-grained calls as one',
    without: 'each call costs a round trip',
  },
  quorum: {
    settings: QuorumSettings,
    does: 'waits for f + 1 equal answers',
    without: 'one lying replica is believed',
  },
  breaker: {
    settings: BreakerSettings,
    does: 'fails fast while a whole replica group is down',
    without: 'every caller waits for an answer that cannot come',
    misSet: false,
  },
  throttle: {
    settings: ThrottleSettings,
    does: 'refuses calls that a busy server would refuse',
    without: 'a busy server spends its time refusing',
    misSet: false,
  },
  budget: {
    settings: BudgetSettings,
    beside: true,
    does: 'limits the extra attempts after failures: `quorum`, `hedge` and `retry` share one budget',
    without: 'retries turn a slowdown into an outage',
    misSet: { ratio: 1, reserve: 1_000 },
  },
  hedge: {
    settings: HedgeSettings,
    does: 'asks a second replica when the first is slow',
    without: 'a request with many calls waits for the slowest replica',
    // Below the median: nearly every call is made twice, without a bound.
    misSet: { fixedDelayMs: 2, ratio: 1, compositeRatio: 1, reserve: 1_000, blind: true },
  },
  retry: {
    settings: RetrySettings,
    does: 'repeats a call after a failure that another attempt may cure',
    without: 'one lost connection makes a whole page fail',
    // Five attempts at every level: a failure three levels below causes 5 x 5 x 5 attempts.
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
    does: 'times each attempt, and reports it to the layers that learn from it',
    without: 'no layer can tune itself',
  },
  outlier: {
    settings: OutlierSettings,
    beside: true,
    does: 'leaves out a replica that fails, is silent, or is far slower than the others',
    without: 'every call tries the bad replica again',
    misSet: false,
  },
  inFlight: {
    settings: InFlightSettings,
    does: 'limits the calls under way to one replica',
    without: 'calls queue unseen in the connection pool',
  },
  attemptTimeout: {
    settings: AttemptTimeoutSettings,
    does: 'ends a slow attempt while there is time for another one',
    without: 'a hung replica uses up the whole deadline',
    // Below the tail latency of a busy machine: attempts end shortly before their good answers come.
    misSet: { fixedMs: 25 },
  },
  verify: {
    settings: NoSettings,
    does: 'checks schema, name and signature of each reply, and that it fits the request',
    without: 'broken and forged replies are believed',
  },
  routes: {
    settings: RoutesSettings,
    does: 'uses another address of the same node',
    without: 'one broken cable makes a node unreachable',
  },
} as const satisfies Record<string, MechanismRow>;

export const serverSide = {
  faultsAtEntry: {
    does: 'applies injected network faults: messages are lost, late or sent twice, or connections break',
    without: 'these faults cannot be tried',
  },
  selfMeter: {
    does: 'measures how slow this node itself is',
    without: 'the node blames others for its own pauses',
  },
  fence: {
    does: 'refuses calls while another node has taken over the work of this one',
    without: 'two nodes do the work of one',
  },
  trace: {
    settings: TraceSettings,
    does: 'records a span of each call from another node, for `tierlab trace` and the console',
    without: 'nobody can see where the time of a request went',
    naive: true,
  },
  serverStats: {
    does: 'counts and times each call by its result',
    without: 'operators cannot see slow or failed calls',
  },
  receipts: {
    does: 'signs an answer if the caller audits this call',
    without: 'a lying node can deny its answer',
  },
  failFast: {
    does: 'ends a node whose invariants do not hold',
    without: 'the node answers from damaged state',
  },
  expire: {
    settings: NoSettings,
    does: 'refuses calls that nobody waits for any more',
    without: 'a busy server does useless work',
  },
  admission: {
    settings: AdmissionSettings,
    does: 'refuses calls while calls wait too long in this process',
    without: 'all answers become slow, and then too late',
    // More than the machine can do at a time: all calls queue, and none is refused.
    misSet: { fixedLimit: 1_000 },
  },
  dedupe: {
    settings: DedupeSettings,
    does: 'executes a write with an idempotency key only once',
    without: 'a retried write happens twice',
    naive: true,
  },
  station: {
    settings: StationSettings,
    does: 'for experiments: calls wait for one of k workers, and are served for a given time',
    without: 'the handler runs at once',
    onDemand: true,
  },
  faultsAtHandler: {
    does: 'applies injected service faults: the node answers late or wrongly',
    without: 'these faults cannot be tried',
  },
} as const satisfies Record<string, MechanismRow>;

/** Mechanisms that no call passes through. */
export const besideCalls = {
  evidence: {
    settings: EvidenceSettings,
    does: 'lets a monitor diagnose nodes; each source of evidence can be switched off',
    without: 'a monitor finds every node healthy',
    naive: true,
  },
  fixedDetector: {
    settings: FixedDetectorSettings,
    does: 'for experiments: a monitor counts the nodes that a fixed timeout would call dead; the count has no effect',
    without: 'there is no count to compare with phi',
    onDemand: true,
  },
  heartbeatThread: {
    settings: NoSettings,
    does: 'for experiments: a separate thread sends the heartbeats; injected network faults do not affect them',
    without: 'the main loop sends the heartbeats, so the heartbeats stop when the main loop hangs',
    onDemand: true,
  },
  centralStatistics: {
    settings: CentralStatisticsSettings,
    does: 'for experiments: a share of the searches asks one node for the statistics of all shards',
    without: 'each caller remembers these statistics',
    onDemand: true,
  },
} as const satisfies Record<string, MechanismRow>;

type Rows = typeof clientSide & typeof serverSide & typeof besideCalls;

export type Mechanism = { [Name in keyof Rows]: Rows[Name] extends { settings: TSchema } ? Name : never }[keyof Rows];

/** The complete settings of a mechanism. */
export type SettingsOf<Name extends Mechanism> = Static<Rows[Name]['settings']>;

type LayersOf<Side> = {
  [Name in keyof Side]: Side[Name] extends { beside: true } ? never : Name;
}[keyof Side];
export type ClientLayer = LayersOf<typeof clientSide>;
export type ServerLayer = LayersOf<typeof serverSide>;

const rows: Readonly<Record<string, MechanismRow>> = { ...clientSide, ...serverSide, ...besideCalls };

export const mechanismNames = Object.keys(rows).filter((name) => rows[name]!.settings) as Mechanism[];
export const clientOrder = layersOf(clientSide) as ClientLayer[];
export const serverOrder = layersOf(serverSide) as ServerLayer[];

export const mechanismRow = (name: Mechanism): MechanismRow & { readonly settings: TSchema } => ({
  ...rows[name]!,
  settings: rows[name]!.settings!,
});

function layersOf(side: Readonly<Record<string, MechanismRow>>): string[] {
  return Object.keys(side).filter((name) => !side[name]!.beside);
}

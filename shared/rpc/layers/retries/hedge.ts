import Type, { type Static } from 'typebox';
import { type AttemptPlan, wasAsked } from '../../attempt-plan.ts';
import type { Call, Endpoint, Layer } from '../../call.ts';
import { type Budgets, createBudgets } from './budget.ts';
import { race, type RaceDependencies } from './hedge-race.ts';
import { isLate, type Peer, type Peers } from '../replicas/peers.ts';
import type { LatencyStatistics } from '../replicas/latency-statistics.ts';
import { abortError } from '../deadlines/within.ts';

export const HedgeSettings = Type.Object(
  {
    quantile: Type.Number({
      default: 0.95,
      minimum: 0.5,
      maximum: 1,
      description: 'asks a second replica when the first is slower than this quantile of the latencies',
    }),
    minMs: Type.Number({
      default: 5,
      minimum: 0,
      description: 'shortest delay: approximately as long as the random delays of a busy machine',
    }),
    ratio: Type.Number({
      default: 0.05,
      minimum: 0,
      maximum: 1,
      description: 'hedges per call (Dean & Barroso, The Tail at Scale, 2013: 5%)',
    }),
    reserve: Type.Number({
      default: 50,
      minimum: 0,
      description: 'how many hedges can be saved up: slow answers come in bursts',
    }),
    minSamples: Type.Number({ default: 50, minimum: 1, description: 'no hedge before this many samples' }),
    compositeQuantile: Type.Number({
      default: 0.99,
      minimum: 0.5,
      maximum: 1,
      description:
        'quantile for composite operations. It is higher because the nodes below hedge their own slow calls, and a ' +
        'hedge of a composite call repeats all calls below it',
    }),
    compositeRatio: Type.Number({ default: 0.01, minimum: 0, maximum: 1, description: 'hedges per composite call' }),
    maxAttempts: Type.Integer({
      default: 3,
      minimum: 2,
      maximum: 10,
      description: 'no hedge after this many attempts; `retry` limits the attempts after failures',
    }),
    blind: Type.Boolean({
      default: false,
      description: 'hedges even when every other replica is late: for experiments with bad settings',
    }),
    fixedDelayMs: Type.Optional(
      Type.Number({ minimum: 0, description: 'a fixed delay instead: for experiments with bad settings' }),
    ),
  },
  { additionalProperties: false },
);
export type HedgeSettings = Static<typeof HedgeSettings>;

export interface HedgeDependencies extends RaceDependencies {
  readonly statistics: LatencyStatistics;
  readonly endpoints: (component: string, shard?: number) => readonly Endpoint[];
  readonly peers: Peers;
}

/** A call can be hedged when there are two replicas, and when asking both does no harm. */
export function canHedge(call: Call, replicas: number): boolean {
  return call.operation.idempotent && call.planned === undefined && replicas > 1;
}

/** The delay after which another replica is asked, ms; undefined = no other replica is asked. */
export function hedgeDelayMs(settings: HedgeSettings, quantileMs: number | undefined): number | undefined {
  if (settings.fixedDelayMs !== undefined) return settings.fixedDelayMs;
  return quantileMs === undefined ? undefined : Math.max(settings.minMs, quantileMs);
}

/** The latency quantile after which a call of this operation is hedged, and how many hedges each call earns. */
export function hedgeTerms(
  settings: HedgeSettings,
  { composite }: { readonly composite: boolean },
): { quantile: number; ratio: number } {
  return composite ? { quantile: settings.compositeQuantile, ratio: settings.compositeRatio } : settings;
}

/**
 * Whether there is a replica worth asking: it is not ejected, and not late itself. When all replicas are late, the
 * delay has one common cause: an overload, or a pause of the machine or of this process. A second attempt would then
 * wait like the first, and make other calls wait longer.
 */
export function isWorthwhile(others: readonly Peer[], now: number, delayMs: number): boolean {
  return others.some((peer) => peer.ejection.until <= now && !isLate(peer, now, delayMs));
}

/**
 * Asks a second replica when the first is slower than usual, takes the first answer, and stops the other attempts.
 * After a failed attempt, this layer makes another one if the settings of `retry` allow it. So the `retry` layer makes
 * no attempts of its own for a hedged call.
 *
 *   attempt 1  |-------- p95 --------|- - - - - x   stopped
 *   attempt 2                        |-----------> answer
 */
export function hedge(settings: HedgeSettings, dependencies: HedgeDependencies): Layer {
  const { clock, statistics, endpoints, peers } = dependencies;
  const hedges = (composite: boolean): Budgets => {
    const budget = { ratio: hedgeTerms(settings, { composite }).ratio, reserve: settings.reserve };
    return createBudgets(() => budget);
  };
  const [simple, composite] = [hedges(false), hedges(true)];

  return function hedge(next) {
    return (call) => {
      if (!canHedge(call, endpoints(call.component, call.shard).length)) return next(call);
      if (call.signal.aborted) return Promise.reject(abortError(call.signal));
      const { quantile } = hedgeTerms(settings, call.operation);
      const known = statistics.of(call.component, call.operation).quantile(quantile, clock.now(), settings.minSamples);
      const tokens = (call.operation.composite ? composite : simple)(call);
      tokens.earn();
      const delayMs = hedgeDelayMs(settings, known);
      const worthwhile = (plan: AttemptPlan, usualMs: number) => {
        if (settings.blind) return true;
        const group = peers.group(call);
        const others = endpoints(call.component, call.shard).filter(({ node }) => !wasAsked(plan, node));
        return isWorthwhile(
          others.map(({ node }) => group.get(node)),
          clock.now(),
          usualMs,
        );
      };
      return race(next, call, { ...dependencies, delayMs, tokens, worthwhile, maxAttempts: settings.maxAttempts });
    };
  };
}

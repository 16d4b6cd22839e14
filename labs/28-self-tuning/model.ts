import { RpcError } from '../../shared/rpc/errors.ts';
import { createPolicyHolder, type PolicyFile } from '../../shared/rpc/policy.ts';
import { serverLayers } from '../../shared/rpc/server-layers.ts';
import { constant, exponential } from '../../shared/time/sim/distribution.ts';
import { createSimulation, type Simulation } from '../../shared/time/sim/simulation.ts';
import { createStation } from '../../shared/time/sim/station.ts';
import { createReplicaGroup } from '../kit/replica-group.ts';

/** The number of workers of the server, and how long its users wait, ms. */
export const workers = 4;
export const deadlineMs = 2_000;
/** The limit that somebody chose: at full load an answer then takes this share of the deadline. */
const limitShare = 0.8;
/** Calls that are sent, as a share of what the server can do before it becomes slower. */
export const offered = 1.2;
/** Calls per second to the server whose time-out is studied. */
const callsPerSecond = 20;

/** The service time grows after this many seconds. The system is measured again after it has had time to adapt. */
export const slowerAt = 20;
const settledAt = 40;
const endAt = 60;
const measuredFrom = 10;

export const limitFor = (S: number): number => Math.round((limitShare * deadlineMs * workers) / S);

/** How many calls began and were answered in time, before and after the change. */
export type BeforeAndAfter = Readonly<Record<'before' | 'after', Share>>;

interface Answered extends BeforeAndAfter {
  readonly timeline: readonly string[];
}

export interface Share {
  readonly sent: number;
  readonly good: number;
  /** For how long calls were counted, s. */
  readonly seconds: number;
}

export interface SlowdownStep {
  readonly seed: string;
  /** The service time, ms, and how much longer it takes after the change. */
  readonly S: number;
  readonly factor: number;
}

/** A client with the time-outs of `policy`, and a server that nobody overloads. */
export async function timeouts({ seed, S, factor }: SlowdownStep, attemptTimeout: object | true): Promise<Answered> {
  const sim = createSimulation(seed);
  const isSlow = (): boolean => sim.clock.now() >= 1_000 * slowerAt;
  const ask = createReplicaGroup({
    sim,
    replicas: 1,
    policy: { base: 'naive', attemptTimeout } as PolicyFile,
    serve: () => ({ body: {}, tookMs: isSlow() ? factor * S : S }),
  });
  return load(sim, callsPerSecond, ask);
}

/**
 * A server refuses nothing until it has served this number of calls. The number is below the default, because this
 * server has only one operation.
 */
export const warmUpCalls = 300;

/** Each policy is another way to decide which calls a server accepts. */
export const limitPolicies = (S: number) => ({
  fixed: { base: 'naive', admission: { fixedLimit: limitFor(S) } },
  own: { base: 'naive', admission: { warmUpCalls } },
  /** Its limit is so high that it refuses nobody. */
  misSet: { base: 'mis-set' },
});
export type LimitBy = keyof ReturnType<typeof limitPolicies>;

/** Calls per second to the server whose limit is studied: more than it can answer. */
export const limitedPerSecond = (S: number): number => (offered * 1_000 * workers) / S;

/** A server with the server layers of `policy`, and more calls than it can answer. */
export async function limits({ seed, S, factor }: SlowdownStep, policyFile: object): Promise<Answered> {
  const sim = createSimulation(seed);
  const station = createStation({ ...sim, workers, serviceTime: constant(S) });
  sim.scheduler.after(1_000 * slowerAt, () => station.setSlowness(factor));
  const policy = createPolicyHolder(policyFile);
  const ask = createReplicaGroup({
    sim,
    replicas: 1,
    deadlineMs,
    policy: { base: 'naive' },
    server: serverLayers(policy, { ...sim, queue: station }),
    async serve() {
      // It finishes each call that it has begun, like a handler that does not ask whether anybody still waits.
      await station.work();
      return { body: {}, tookMs: 0 };
    },
  });
  return load(sim, limitedPerSecond(S), ask);
}

/** Poisson arrivals from 0 to `endAt`. */
async function load(sim: Simulation, perSecond: number, ask: () => Promise<unknown>): Promise<Answered> {
  const before = { sent: 0, good: 0, seconds: slowerAt - deadlineMs / 1_000 - measuredFrom };
  const after = { sent: 0, good: 0, seconds: endAt - settledAt };
  const seconds = Array.from({ length: endAt }, () => ({ sent: 0, good: 0 }));
  const gap = exponential(1_000 / perSecond);
  const arrive = (): void => {
    const second = sim.clock.now() / 1_000;
    if (second >= endAt) return;
    const counts = [seconds[Math.floor(second)]!];
    if (second >= measuredFrom && second < slowerAt - deadlineMs / 1_000) counts.push(before);
    if (second >= settledAt) counts.push(after);
    for (const count of counts) count.sent++;
    ask().then(() => {
      for (const count of counts) count.good++;
    }, ignoreFailure);
    sim.scheduler.after(gap(sim.random), arrive);
  };
  arrive();
  await sim.run();
  const timeline = [slowerAt - 5, slowerAt, slowerAt + 5, settledAt].map(
    (second) => `${second} s: ${seconds[second]!.good} of ${seconds[second]!.sent} answered in time`,
  );
  return { before, after, timeline };
}

function ignoreFailure(thrown: unknown): void {
  if (!(thrown instanceof RpcError)) throw thrown;
}

/** Good answers per second, as a share of what the server can do in this time. */
export const goodput = ({ good, seconds }: Share, S: number): number => good / seconds / ((1_000 * workers) / S);

import { normal } from '../../shared/time/sim/distribution.ts';
import { createSimulation } from '../../shared/time/sim/simulation.ts';
import { createReplicaGroup, nameOf } from '../kit/replica-group.ts';
import type { Variant } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';

/** The mean time of a healthy replica, ms. */
export const healthyMs = 50;
export const replicas = 3;
export const perSecond = 40;
/** The replica limps from this moment on, ms. */
const limpsAt = 10_000;
const endsAt = 30_000;

/** An ejection that outlasts the measurement. */
export const ejecting = { baseMs: 60_000 };

/** How long calls took, ms, by the time at which they were sent. */
export interface CallTimes {
  readonly healthy: readonly number[];
  /** While the replica limps and nothing has ejected it yet. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** From the first late answer to the ejection, ms; undefined = there was none. */
  readonly ejectedAfterMs: number | undefined;
  readonly timeline: readonly string[];
}

/** Calls at an even rate through the client layers of the system, to replicas of which one begins to limp. */
export async function limpingRun({
  seed,
  factor,
  ejects,
  variant,
}: {
  seed: string;
  factor: number;
  ejects: boolean;
  variant: Variant;
}): Promise<CallTimes> {
  const sim = createSimulation(seed);
  const usual = normal(healthyMs, healthyMs / 100);
  let ejectedAt: number | undefined;
  const timeline: string[] = [];
  const limps = (replica: number): boolean => sim.clock.now() >= limpsAt && (replica === 0 || variant === 'control');
  // Broken: the outlier detector looks for replicas that are a thousand times slower.
  const outlier = variant === 'broken' ? { ...ejecting, slowRatio: 1_000 } : ejecting;
  const call = createReplicaGroup({
    sim,
    replicas,
    policy: { base: 'naive', ...(ejects && { outlier }) },
    serve: (replica) => ({ body: {}, tookMs: usual(sim.random) * (limps(replica) ? factor : 1) }),
    observe(event) {
      if (event.event !== 'ejected') return;
      ejectedAt ??= sim.clock.now();
      timeline.push(`${digits(sim.clock.now() / 1_000)} s  ${event.node} is ejected: ${event.why}`);
    },
  });
  const sent: { at: number; ms: number }[] = [];
  for (let i = 0; i < (endsAt / 1_000) * perSecond; i++)
    sim.scheduler.after((1_000 * i) / perSecond, () => {
      const at = sim.clock.now();
      void call().then(() => void sent.push({ at, ms: sim.clock.now() - at }));
    });
  await sim.run();
  const between = (from: number, to: number) => sent.filter(({ at }) => at >= from && at < to).map(({ ms }) => ms);
  return {
    healthy: between(0, limpsAt),
    before: between(limpsAt, ejectedAt ?? endsAt),
    // Calls that were sent a moment before may still wait for the limping replica.
    after: ejectedAt === undefined ? between(limpsAt, endsAt) : between(ejectedAt, endsAt),
    ejectedAfterMs: ejectedAt === undefined ? undefined : ejectedAt - limpsAt,
    timeline: [
      `${digits(limpsAt / 1_000)} s  ${nameOf(0)} becomes ${factor} times slower; its heartbeats go on`,
      ...timeline,
    ],
  };
}

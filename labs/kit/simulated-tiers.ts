import { createNetwork } from '../../shared/time/sim/network.ts';
import { constant, exponential } from '../../shared/time/sim/distribution.ts';
import { createSimulation } from '../../shared/time/sim/simulation.ts';
import { createStation } from '../../shared/time/sim/station.ts';
import { digits } from '../runner/units.ts';

export interface TierOptions<Tier extends string> {
  readonly seed: string;
  readonly tiers: readonly Tier[];
  /** Round trip and service time of each call, ms. */
  readonly r: number;
  readonly s: number;
  /** In each tier. Without it, nobody waits for a worker. */
  readonly workers?: number;
  readonly jobs: number;
  readonly perSecond: number;
}

/** One call; `below`: what the called tier must wait for before it can answer. */
export type CallTier<Tier extends string> = (from: string, to: Tier, below?: () => Promise<void>) => Promise<void>;

export interface TierRun<Tier extends string> {
  readonly n: number;
  readonly meanMs: number;
  /** Jobs, on average. */
  readonly inFlight: number;
  /** For each tier: how long it holds one call on average, ms, and how many calls it holds on average. */
  readonly held: Readonly<Record<Tier, { readonly meanMs: number; readonly calls: number }>>;
  /** What happened to the first job. */
  readonly timeline: readonly string[];
}

/** Poisson arrivals of jobs. Each does its work by calls to tiers, which are stations on a virtual network. */
export async function runTiers<Tier extends string>(
  { seed, tiers, r, s, workers = 10_000, jobs, perSecond }: TierOptions<Tier>,
  work: (call: CallTier<Tier>) => Promise<unknown>,
): Promise<TierRun<Tier>> {
  const sim = createSimulation(seed);
  const { clock } = sim;
  const network = createNetwork({ ...sim, link: { latency: constant(r / 2) } });
  const perTier = <Value>(value: (tier: Tier) => Value) =>
    Object.fromEntries(tiers.map((tier) => [tier, value(tier)])) as Record<Tier, Value>;
  const stations = perTier(() => createStation({ ...sim, workers, serviceTime: constant(s) }));
  const held = perTier(() => ({ calls: 0, totalMs: 0 }));
  const timeline: string[] = [];
  let firstAt = 0;

  const callOf =
    (job: number): CallTier<Tier> =>
    (from, to, below) => {
      const note = (text: string): void => {
        if (job === 0) timeline.push(`${digits(clock.now() - firstAt).padStart(6)} ms  ${text}`);
      };
      return new Promise((resolve) => {
        note(`${from} asks ${to}`);
        network.send(from, to, () => {
          void (async () => {
            const arrivedAt = clock.now();
            await stations[to].work();
            await below?.();
            held[to].calls++;
            held[to].totalMs += clock.now() - arrivedAt;
            network.send(to, from, () => {
              note(`${from} has the answer of ${to}`);
              resolve();
            });
          })();
        });
      });
    };

  const gap = exponential(1_000 / perSecond);
  let started = 0;
  let done = 0;
  let totalMs = 0;
  const arrive = (): void => {
    const job = started++;
    const startedAt = clock.now();
    if (job === 0) firstAt = startedAt;
    void work(callOf(job)).then(() => {
      totalMs += clock.now() - startedAt;
      done++;
    });
    if (started < jobs) sim.scheduler.after(gap(sim.random), arrive);
  };
  arrive();
  await sim.run();
  return {
    n: done,
    meanMs: totalMs / done,
    inFlight: totalMs / clock.now(),
    held: perTier((tier) => {
      const { calls, totalMs: ms } = held[tier];
      return { meanMs: calls === 0 ? 0 : ms / calls, calls: ms / clock.now() };
    }),
    timeline,
  };
}

/** Each tier asks the next one before it answers. */
export async function callChain<Tier extends string>(
  call: CallTier<Tier>,
  from: string,
  [to, ...rest]: readonly Tier[],
): Promise<void> {
  await call(from, to!, rest.length === 0 ? undefined : () => callChain(call, to!, rest));
}

import { createNetwork } from '../../shared/time/sim/network.ts';
import { constant, exponential } from '../../shared/time/sim/distribution.ts';
import { createSimulation } from '../../shared/time/sim/simulation.ts';
import { createStation } from '../../shared/time/sim/station.ts';
import type { Variant } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import type { Style } from '../../search/making.ts';

/** The four tiers below the application server, from the highest. */
export const tierNames = ['html', 'ranking', 'query', 'database'] as const;
export type TierName = (typeof tierNames)[number];

export const shapes = ['layered', 'object-based', 'parallel', 'in turn'] as const;
/** Two styles of a search, and two ways to make the four calls of a page view. */
export type Shape = (typeof shapes)[number];
export const isStyle = (shape: Shape): shape is Style => shape === 'layered' || shape === 'object-based';

/** The theory: how long a shape takes, ms. */
export const timeOf = (shape: Shape, r: number, s: number): number => (shape === 'parallel' ? 2 : 4) * (r + s);

/** The theory: how long a tier holds a call, ms. In the layered style it waits for all tiers below it. */
export const heldMsOf = (style: Style, tier: TierName, r: number, s: number): number =>
  s + (style === 'layered' ? tierNames.length - 1 - tierNames.indexOf(tier) : 0) * (r + s);

export interface ModelOptions {
  readonly seed: string;
  readonly shape: Shape;
  /** Round trip and service time, ms. */
  readonly r: number;
  readonly s: number;
  readonly jobs: number;
  readonly perSecond: number;
  readonly variant: Variant;
}

export interface ModelRun {
  readonly n: number;
  readonly meanMs: number;
  /** For each tier: how long it holds one call on average, ms, and how many calls it holds on average. */
  readonly held: Readonly<Record<TierName, { readonly meanMs: number; readonly calls: number }>>;
  /** What happened to the first job. */
  readonly timeline: readonly string[];
}

/** Poisson arrivals at an application server above four stations, over a virtual network. */
export async function runShape({ seed, shape, r, s, jobs, perSecond, variant }: ModelOptions): Promise<ModelRun> {
  const sim = createSimulation(seed);
  const { clock } = sim;
  const network = createNetwork({ ...sim, link: { latency: constant(r / 2) } });
  const control = variant === 'control';
  const stations = Object.fromEntries(
    tierNames.map((tier) => [tier, createStation({ ...sim, workers: control ? 1 : 10_000, serviceTime: constant(s) })]),
  );
  const held = Object.fromEntries(tierNames.map((tier) => [tier, { calls: 0, totalMs: 0 }]));
  const timeline: string[] = [];
  let firstAt = 0;
  const note = (job: number, text: string): void => {
    if (job === 0) timeline.push(`${digits(clock.now() - firstAt).padStart(6)} ms  ${text}`);
  };

  /** One call; `below`: what the called tier must wait for before it can answer. */
  const call = (job: number, from: string, to: TierName, below?: () => Promise<void>): Promise<void> =>
    new Promise((resolve) => {
      note(job, `${from} asks ${to}`);
      network.send(from, to, () => {
        void (async () => {
          const arrivedAt = clock.now();
          await stations[to]!.work();
          await below?.();
          held[to]!.calls++;
          held[to]!.totalMs += clock.now() - arrivedAt;
          network.send(to, from, () => {
            note(job, `${from} has the answer of ${to}`);
            resolve();
          });
        })();
      });
    });

  const chain = (job: number, from: string, [to, ...rest]: readonly TierName[]): Promise<void> =>
    call(job, from, to!, rest.length === 0 ? undefined : () => chain(job, to!, rest));

  const inTurn = async (job: number, asked: readonly TierName[]): Promise<void> => {
    for (const tier of asked) await call(job, 'app', tier);
  };

  const work: Record<Shape, (job: number) => Promise<void>> = {
    layered: (job) => chain(job, 'app', tierNames),
    // Each call needs the answer of the one before it: plan, candidates, order, page.
    'object-based': (job) => inTurn(job, ['query', 'database', 'ranking', 'html']),
    async parallel(job) {
      // Broken: the application server waits for each answer, although no call needs it.
      if (variant === 'broken') await inTurn(job, ['database', 'database', 'database']);
      else await Promise.all([1, 2, 3].map(() => call(job, 'app', 'database')));
      await call(job, 'app', 'html');
    },
    'in turn': (job) => inTurn(job, ['database', 'database', 'database', 'html']),
  };

  const gap = exponential(1_000 / perSecond);
  let started = 0;
  let done = 0;
  let totalMs = 0;
  const arrive = (): void => {
    const job = started++;
    const startedAt = clock.now();
    if (job === 0) firstAt = startedAt;
    void work[shape](job).then(() => {
      totalMs += clock.now() - startedAt;
      done++;
    });
    if (started < jobs) sim.scheduler.after(gap(sim.random), arrive);
  };
  arrive();
  await sim.run();
  const perTier = tierNames.map((tier) => {
    const { calls, totalMs: ms } = held[tier]!;
    return [tier, { meanMs: calls === 0 ? 0 : ms / calls, calls: ms / clock.now() }] as const;
  });
  return {
    n: done,
    meanMs: totalMs / done,
    held: Object.fromEntries(perTier) as ModelRun['held'],
    timeline,
  };
}

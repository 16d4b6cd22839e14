import { createSimulation } from '../../shared/time/sim/simulation.ts';
import { exponential } from '../../shared/time/sim/distribution.ts';
import { seededRandom } from '../../shared/time/random.ts';
import { createStation } from '../../shared/time/sim/station.ts';
import { canonicalText } from '../../loadgen/verify/digest.ts';
import { check, meanOf, nothing, unknown, within } from '../kit/checks.ts';
import { nodeOf, nodesOf } from '../kit/nodes.ts';
import { callNode, closedLoad, meanMs } from '../kit/open-load.ts';
import { labQueries } from '../kit/pages.ts';
import { appSearch, labSearch } from '../kit/searches.ts';
import { threeTiers } from '../kit/topology.ts';
import { lab, type Check, type LiveContext, type Point, type Variant } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import { meanInterval, shownConfidence } from '../statistics/interval.ts';

const shardCounts = [1, 2, 4] as const;
/** Each shard does all of the work, or its part of it. */
const forms = ['same', 'divided'] as const;
const searches = 6_000;
const checks = shardCounts.length * forms.length;

/** H_n = 1 + 1/2 + ... + 1/n: the expected maximum of n exponential times of mean 1. */
const harmonic = (n: number): number => Array.from({ length: n }, (_, i) => 1 / (i + 1)).reduce((a, b) => a + b, 0);
/**
 * The variance of that maximum: 1 + 1/4 + ... + 1/n^2 (Renyi 1953: the gaps between order statistics are independent).
 */
const maximumVariance = (n: number): number =>
  Array.from({ length: n }, (_, i) => 1 / (i + 1) ** 2).reduce((a, b) => a + b, 0);

const meanOfShard = (form: (typeof forms)[number], m: number, n: number): number => (form === 'same' ? m : m / n);

const counted = (n: number): string => `${n} ${n === 1 ? 'shard' : 'shards'}`;

/** A search asks all shards at the same time, and is as slow as the slowest of them. */
export const multitierSearch = lab({
  id: '05',
  name: 'multitier-search',
  topic: 'multitier search',
  question: 'A search asks every shard at the same time. Do more shards make it faster or slower?',
  seconds: 90,
  cores: 2,
  parameters: { m: { unit: 'ms', values: [10, 8, 12] } },
  formula: 'E[max of n] = m H(n) with H(n) = 1 + 1/2 + ... + 1/n; with the work divided: (m / n) H(n)',
  assumptions: [
    'the times of the shards are exponential with the same mean',
    'the times are independent of each other',
    'no call waits for another one',
  ],
  axes: { x: 'shards n (each with all of the work)', y: 'time of the fan-out (ms)' },
  quantities: ({ m }) =>
    forms.flatMap((form) =>
      shardCounts.map((n) => ({
        id: `${form}${n}`,
        label: `${counted(n)}, ${form === 'same' ? 'mean m each' : 'mean m / n each'}`,
        unit: 'ms' as const,
        theory: meanOfShard(form, m!, n) * harmonic(n),
        ...(form === 'same' && { x: n }),
      })),
    ),
  async virtual({ m }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const points: Point[] = [];
    const found: Check[] = [];
    let timeline: string[] = [];
    for (const form of forms)
      for (const n of shardCounts) {
        const mean = meanOfShard(form, m!, n);
        const run = await fanOut(`${seed}/${form}${n}`, n, mean, variant);
        timeline = run.timeline;
        const measured = meanOf(`${form}${n}`, run.meanMs, searches, mean * Math.sqrt(maximumVariance(n) / searches));
        points.push(measured.point);
        found.push(measured.isTheory(`${counted(n)} of mean ${digits(mean)} ms`, mean * harmonic(n), checks));
      }
    found.push(await dependentShards(seed, m!));
    return { points, checks: found, timeline };
  },
  async live({ m }, context) {
    const points: Point[] = [];
    const found: Check[] = [];
    const oracle = new Map<string, string>();
    for (const n of shardCounts) {
      const run = await liveFanOut(m!, n, context, oracle);
      points.push(...run.points);
      found.push(...run.checks);
    }
    const modelled = await fanOut(context.seed, Math.max(...shardCounts), m!, 'correct');
    found.push(await dependentShards(context.seed, m!));
    return { points, checks: found, timeline: ['one search in virtual time:', ...modelled.timeline] };
  },
  variants: {
    broken: 'the shards are asked one after the other',
    control: 'in each search, all shards take the same time: the times are not independent',
  },
  hints: [
    'The search must wait for all shards. If one of four is slow, does it help that the other three are fast?',
    'The first of n shards ends after m / n on average. Then n - 1 shards are left, and the next one ends ' +
      'm / (n - 1) later. Add the times until the last one.',
    'Three runners need 60 s each on average. Their times are exponential. The last runner comes after ' +
      '60 (1 + 1/2 + 1/3) = 110 s.',
  ],
  explanation: ({ m }) =>
    `The time of a fan-out is the time of the slowest shard, and not the mean. With four shards that each take ${m!} ms
on average, the search takes ${digits(m! * harmonic(4))} ms. That is about twice as long, although no shard became
slower.

Sharding helps when it divides the work. Then each of four shards takes ${digits(m! / 4)} ms, and the search takes
${digits((m! / 4) * harmonic(4))} ms. It is only about twice as fast, because it waits for the slowest shard. If all
times were equal, it would take ${digits(m! / 4)} ms.

The formula assumes independent times. In the last check, all shards are slow in the same searches. Then the slowest
shard takes no longer than the others. Real shards are between these two cases. For example, a slow network slows all
shards down, but a pause for garbage collection slows down only one.`,
  transfer: {
    question: 'You go from 4 to 100 shards, and each shard keeps its mean of 10 ms. What does a search cost?',
    answer: '10 x H(100) = 10 x 5.19 = 52 ms. The time grows like the logarithm of n: slowly, but without a limit.',
  },
});

/** Searches one after the other, each over `n` stations in virtual time. */
async function fanOut(seed: string, n: number, meanShardMs: number, variant: Variant) {
  const sim = createSimulation(seed);
  let common = 0;
  const stations = Array.from({ length: n }, (_, i) =>
    createStation({
      ...sim,
      random: seededRandom(`${seed}/shard ${i}`),
      workers: 1,
      serviceTime: variant === 'control' ? () => common : exponential(meanShardMs),
    }),
  );
  const draw = exponential(meanShardMs);
  const timeline: string[] = [];
  let totalMs = 0;
  const all = (async () => {
    for (let i = 0; i < searches; i++) {
      const startedAt = sim.clock.now();
      common = draw(sim.random);
      const askShard = async (shard: number): Promise<void> => {
        await stations[shard]!.work();
        if (i === 0) timeline.push(`${digits(sim.clock.now() - startedAt).padStart(6)} ms  shard ${shard + 1} answers`);
      };
      if (variant === 'broken') for (const shard of stations.keys()) await askShard(shard);
      else await Promise.all(stations.map((_, shard) => askShard(shard)));
      if (i === 0) timeline.push(`${digits(sim.clock.now() - startedAt).padStart(6)} ms  the search has all answers`);
      totalMs += sim.clock.now() - startedAt;
    }
  })();
  await sim.run();
  await all;
  return { meanMs: totalMs / searches, timeline };
}

/**
 * The assumption does not hold here: all shards take the same time in one search. So the slowest shard takes no longer
 * than any other, and the search takes m.
 */
async function dependentShards(seed: string, m: number): Promise<Check> {
  const n = Math.max(...shardCounts);
  const { meanMs: tookMs } = await fanOut(`${seed}/dependent`, n, m, 'control');
  // The mean of `searches` exponential times: five standard errors.
  const most = (5 * m) / Math.sqrt(searches);
  return check(
    `${counted(n)}, slow in the same searches, in virtual time: a search takes m, less than the formula says`,
    Math.abs(tookMs - m) < most,
    `${digits(tookMs)} ms; with independent shards ${digits(m * harmonic(n))} ms`,
  );
}

/** A cluster with `n` shards; the application server asks them all. */
async function liveFanOut(
  m: number,
  n: number,
  { cluster, signal, progress }: LiveContext,
  oracle: Map<string, string>,
): Promise<{ readonly points: readonly Point[]; readonly checks: readonly Check[] }> {
  const own = await cluster(threeTiers(n));
  const app = nodeOf(own, 'app');
  const question = (i: number) => appSearch(app, labSearch(i));
  const calls = { lanes: 3, question, signal };
  await closedLoad({ ...calls, n: 400 });
  const different: string[] = [];
  for (const [i, q] of labQueries.entries()) {
    const { body } = await callNode(question(i));
    const results = canonicalText('', (body as { results?: unknown } | undefined)?.results ?? null);
    if (n === 1) oracle.set(q, results);
    else if (oracle.get(q) !== results) different.push(q);
  }
  const checks: Check[] =
    n === 1
      ? []
      : [
          check(
            `${n} shards find what one node finds`,
            different.length === 0,
            different.length === 0
              ? `${labQueries.length} searches are equal`
              : `different: ${different.slice(0, 3).join(', ')}`,
          ),
        ];
  const points: Point[] = [];
  const shards = nodesOf(own, 'database');
  for (const form of forms) {
    const mean = meanOfShard(form, m, n);
    const serve = async (distribution: 'fixed' | 'exponential'): Promise<void> => {
      const station = { component: 'database', workers: 100, serviceMs: mean, distribution };
      // The seeds differ, because the shards must not be slow together.
      for (const [i, { id }] of shards.entries()) await own.policy(id, { station: { ...station, seed: 100 * n + i } });
    };
    /**
     * If every shard takes exactly the mean, the slowest one does, too. A search takes longer than this mean; the
     * difference is the search's own time. There is one caller: with equal times, several callers would keep in step,
     * and their searches would wait for each other.
     */
    const ownTime = async (): Promise<number> => {
      await serve('fixed');
      return meanMs(await closedLoad({ ...calls, lanes: 1, n: 150 })) - mean;
    };
    const before = await ownTime();
    await serve('exponential');
    const count = 2_000;
    const answers = await closedLoad({
      ...calls,
      n: count,
      onProgress: (done) => progress(`${counted(n)} of ${digits(mean)} ms`, done, count),
    });
    const good = answers.filter(({ ok }) => ok);
    const after = await ownTime();
    const bare = (before + after) / 2;
    const drift = Math.abs(after - before);
    const interval = meanInterval(
      good.map(({ tookMs }) => tookMs - bare),
      shownConfidence,
    );
    points.push({ id: `${form}${n}`, measured: interval.mean, n: good.length, interval });
    // The search's own time is subtracted, so it must be the same before and after.
    const isSteady = drift < 0.5 + 0.1 * bare;
    const judged = (each: Check): Check =>
      isSteady || each.verdict !== 'FAIL'
        ? each
        : unknown(
            each.label,
            `${each.detail}; the search's own time changed by ${digits(drift)} ms: other programs disturbed it`,
            'run it again',
          );
    checks.push(
      good.length < count
        ? unknown(
            `${counted(n)}: every search is answered`,
            `${count - good.length} of ${count} failed`,
            'run the lab again',
          )
        : judged(
            within(
              `${counted(n)} of mean ${digits(mean)} ms, without the search's own ${digits(bare)} ms`,
              interval.mean,
              mean * harmonic(n),
              // A timer of 2.5 ms has a resolution of 1 ms.
              mean < 5 ? 0.4 : 0.15,
              count,
            ),
          ),
    );
  }
  return { points, checks };
}

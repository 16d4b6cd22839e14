import { check, exactly, nothing, unknown, within } from '../kit/checks.ts';
import { nodeOf } from '../kit/nodes.ts';
import { type TimedAnswer, callNode, closedLoad, openLoad, type NodeCall } from '../kit/open-load.ts';
import { labPlan, labSearch } from '../kit/searches.ts';
import { callChain, runTiers } from '../kit/simulated-tiers.ts';
import { alone } from '../kit/topology.ts';
import { totalOf } from '../kit/up-down.ts';
import { lab, type Check, type FaultProof, type Point, type Variant } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import { medianInterval } from '../statistics/median.ts';

const depths = [1, 2, 3, 4] as const;
const jobs = 4_000;
const ratePerSecond = 20;
/** The tiers of the layered style, from the lowest: each calls the one before it. */
const tiers = ['database', 'query', 'ranking', 'html'] as const;

/** A chain of dependent calls: each tier is a server above and a client below. */
export const serverAsClient = lab({
  id: '06',
  name: 'server-as-client',
  topic: 'a server acts as a client',
  question: 'Each server must ask the next one. How much longer does the user wait with each further tier?',
  seconds: 50,
  cores: 2,
  parameters: { r: { unit: 'ms', values: [20, 15, 30] }, s: { unit: 'ms', values: [5, 8, 10] } },
  formula: 'T = d (r + s): d calls in a chain, each with a round trip r and a service time s',
  assumptions: [
    'each tier works for s, then asks the next tier, and passes the answer on without more work',
    'r and s are the same at every tier, and the same for every call',
    'no call waits for a free worker',
  ],
  axes: { x: 'depth d (tiers)', y: 'response time T (ms)' },
  quantities: ({ r, s }) =>
    depths.map((d) => ({ id: `t${d}`, label: `T at depth ${d}`, unit: 'ms', theory: d * (r! + s!), x: d })),
  async virtual({ r, s }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const points: Point[] = [];
    const found: Check[] = [];
    let timeline: readonly string[] = [];
    for (const depth of depths) {
      const run = await chain({ seed: `${seed}/${depth}`, depth, r: r!, s: s!, variant });
      const theory = depth * (r! + s!);
      points.push(exactly(`t${depth}`, run.meanMs, run.n));
      found.push(within(`T at depth ${depth} is ${depth} (r + s)`, run.meanMs, theory, 0.001, run.n));
      found.push(
        within(
          `calls in flight at depth ${depth} are rate x T`,
          run.inFlight,
          (ratePerSecond / 1_000) * theory,
          0.1,
          run.n,
        ),
      );
      timeline = run.timeline;
    }
    return { points, checks: found, timeline };
  },
  async live({ r, s }, { cluster, seed, signal, progress, say }) {
    const own = await cluster({
      style: 'layered',
      policy: { base: 'naive', deadline: { defaultMs: 10_000 } },
      nodes: ['monitor', ...tiers].map((name) => alone(name)),
    });
    const idOf = (name: string): string => nodeOf(own, name).id;
    const planned = await callNode(labPlan(nodeOf(own, 'query'), 0));
    const { plan } = planned.body as { plan: unknown };
    const questions: readonly ((i: number) => NodeCall)[] = [
      () => ({
        node: nodeOf(own, 'database'),
        component: 'database',
        operation: 'find',
        request: { plan, size: 10 },
        shard: 1,
      }),
      (i) => ({ node: nodeOf(own, 'query'), component: 'query', operation: 'search', request: labSearch(i) }),
      (i) => ({ node: nodeOf(own, 'ranking'), component: 'ranking', operation: 'search', request: labSearch(i) }),
      (i) => ({
        node: nodeOf(own, 'html'),
        component: 'html',
        operation: 'search',
        request: { search: labSearch(i), format: 'json', via: [] },
      }),
    ];
    say('first, the lab measures the time of the chain without r and s');
    const n = 200;
    const bare: number[] = [];
    for (const [i, question] of questions.entries()) {
      await closedLoad({ n: 150, lanes: 2, question, signal });
      bare.push(median(await closedLoad({ n, lanes: 1, question, signal })));
      progress('without r and s', i + 1, depths.length);
    }
    const heal: (() => Promise<FaultProof>)[] = [];
    for (const [i, tier] of tiers.entries()) {
      await own.policy(idOf(tier), { station: { component: tier, workers: 1_000, serviceMs: s } });
      // Requests from the lab, and from the tier above, are delayed by the whole round trip. Answers are not delayed.
      const caller = tiers[i + 1];
      for (const from of ['lab', ...(caller === undefined ? [] : [idOf(caller)])])
        heal.push(await own.inject(idOf(tier), { kind: 'net.delay', params: { meanMs: r }, caller: from }));
    }
    const points: Point[] = [];
    const found: Check[] = [];
    for (const [i, question] of questions.entries()) {
      const depth = depths[i]!;
      const count = 20 * ratePerSecond;
      const startedAt = performance.now();
      const answers = await openLoad({
        seed: `${seed}/${depth}`,
        n: count,
        perSecond: 2 * ratePerSecond,
        question,
        signal,
        onProgress: (done) => progress(`depth ${depth}`, done, count),
      });
      const tookMs = performance.now() - startedAt;
      const good = answers.filter(({ ok }) => ok);
      const interval = medianInterval(good.map(({ tookMs }) => tookMs - bare[i]!));
      const theory = depth * (r! + s!);
      points.push({ id: `t${depth}`, measured: interval.median, n: good.length, interval });
      found.push(
        good.length < count
          ? unknown(
              `depth ${depth}: every call is answered`,
              `${count - good.length} failed: ${answers.find(({ ok }) => !ok)?.code}`,
              'run the lab again',
            )
          : within(
              // T is the theory plus the chain's own time. If T were the measured mean, the two sides of Little's law
              // would always be equal.
              `depth ${depth}: calls in flight are rate x T`,
              totalOf(good.map((each) => each.tookMs)) / tookMs,
              (count / tookMs) * (theory + bare[i]!),
              0.15,
              count,
            ),
      );
      found.push(
        within(
          `T at depth ${depth}, without the chain's own time of ${digits(bare[i]!)} ms`,
          interval.median,
          theory,
          0.15,
          good.length,
        ),
      );
    }
    const slope = (points[3]!.measured - points[0]!.measured) / 3;
    found.push(
      check(
        'each tier adds r + s, within 2 ms',
        Math.abs(slope - r! - s!) <= 2,
        `${digits(slope)} ms per tier for ${r! + s!} ms`,
      ),
    );
    const modelled = await chain({ seed, depth: depths.length, r: r!, s: s!, variant: 'correct' });
    const timeline = ['the first call in virtual time:', ...modelled.timeline];
    return { points, checks: found, timeline, faults: await Promise.all(heal.map((each) => each())) };
  },
  variants: {
    broken: 'the tiers are asked in parallel, not one after the other',
    control: 'one worker per tier and a high load: calls wait for the worker, and the formula does not count this',
  },
  hints: [
    'The database cannot answer before it is asked. Which server asks it? What does this server do until the ' +
      'answer comes?',
    'One call takes a round trip r and a service time s. In a chain each call waits for the next one, so the ' +
      'times add up: T = d (r + s).',
    'A letter takes 2 days there and back, and each office needs 1 day. Three offices, one behind the other: 3 (2 ' +
      '+ 1) = 9 days.',
  ],
  explanation: ({ r, s }) =>
    `Every tier adds ${r! + s!} ms, because a server that acts as a client waits for its answer. The time of the chain
is the sum of all tiers. So a fast database helps little if the user waits for four round trips.

While a tier waits for the next one, the call needs memory and a connection in this tier. The number of calls in flight
is the rate times the time (Little's law). At the same rate, four tiers hold four times as many calls as one tier.

The formula holds only if no call waits for a free worker. Otherwise these waiting times add up, too. Lab 10 shows how
long they are.`,
  transfer: {
    question: 'You may remove one tier, or halve the round trip at all four tiers. Which helps more?',
    answer:
      'With r = 20 ms and s = 5 ms, removing a tier saves 25 of 100 ms. Half the round trip saves 4 x 10 = 40 ms.',
  },
});

const median = (answers: readonly TimedAnswer[]): number => medianInterval(answers.map(({ tookMs }) => tookMs)).median;

interface ChainOptions {
  readonly seed: string;
  readonly depth: number;
  readonly r: number;
  readonly s: number;
  readonly variant: Variant;
}

/** Users whose calls go down a chain of tiers. */
function chain({ seed, depth, r, s, variant }: ChainOptions) {
  const isControl = variant === 'control';
  const names = tiers.slice(0, depth).toReversed();
  const perSecond = isControl ? (0.9 * 1_000) / s : ratePerSecond;
  return runTiers({ seed, tiers: names, r, s, jobs, perSecond, ...(isControl && { workers: 1 }) }, async (call) =>
    variant === 'broken' ? Promise.all(names.map((tier) => call('user', tier))) : callChain(call, 'user', names),
  );
}

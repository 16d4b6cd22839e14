import { lowerMedian } from '../../shared/quantile.ts';
import { type Random, seededRandom } from '../../shared/time/random.ts';
import { sleep } from '../../shared/time/scheduler.ts';
import { createSimulation } from '../../shared/time/sim/simulation.ts';
import { check, nothing, measuredShare } from '../kit/checks.ts';
import { createReplicaGroup } from '../kit/replica-group.ts';
import { lab, type Check, type Point, type Variant } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';

const fanOuts = [1, 10, 100] as const;
const requests = 10_000;
/** Hedged requests pass through the layers of the system, which takes longer than to draw times. */
const hedgedRequests = 2_000;
const hedgedFanOut = 10;
const nodes = 10;
const fastMs = 10;
const slowMs = 500;
/** A hedge: a second call when the first one is slower than 99% of the calls are. */
const hedgeAfterMs = 20;
/** One check for each of the three numbers of calls, and one for hedged calls. */
const checks = 4;

const counted = (n: number): string => `${n} ${n === 1 ? 'call' : 'calls'}`;

/** A request that needs n calls is slow when one of them is. */
export const tailLatency = lab({
  id: '08',
  name: 'tail-latency',
  topic: 'tail latency',
  question: 'One call in a hundred is slow. How many of the pages that need 100 calls are slow?',
  seconds: 1,
  cores: 1,
  parameters: { p: { unit: '%', values: [0.01, 0.008, 0.012] } },
  formula: 'P(slow) = 1 - (1 - p)^n; with a hedge, a call is slow only if both calls are: 1 - (1 - p^2)^n',
  assumptions: [
    'each call is slow with probability p, whatever the other calls do',
    'a page waits for all of its n calls',
    'the second call of a hedge goes to another node',
  ],
  axes: { x: 'calls per request n', y: 'slow requests (%)', logX: true },
  quantities: ({ p }) => [
    ...fanOuts.map((n) => ({
      id: `n${n}`,
      label: `slow requests with ${counted(n)}`,
      unit: '%' as const,
      theory: 1 - (1 - p!) ** n,
      x: n,
    })),
    { id: 'hedged', label: 'slow requests with 10 hedged calls', unit: '%', theory: 1 - (1 - p! ** 2) ** hedgedFanOut },
  ],
  async virtual({ p }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const points: Point[] = [];
    const found: Check[] = [];
    for (const n of fanOuts) {
      const share = measuredShare(`n${n}`, slowRequests(seededRandom(`${seed}/${n}`), p!, n, variant), requests);
      points.push(share.point);
      found.push(share.isTheory(`${counted(n)}: 1 - (1 - p)^${n}`, 1 - (1 - p!) ** n, checks));
    }
    const hedged = await hedgedRun(`${seed}/hedged`, p!, variant);
    const share = measuredShare('hedged', hedged.slow, hedgedRequests);
    points.push(share.point);
    found.push(share.isTheory('10 hedged calls: 1 - (1 - p^2)^10', 1 - (1 - p! ** 2) ** hedgedFanOut, checks));
    const extra = hedged.extra / (hedgedFanOut * hedgedRequests);
    found.push(check('hedging costs at most 5% extra calls', extra <= 0.05, `${digits(100 * extra)}% extra calls`));
    // The assumption does not hold here: one node is slow, and each page asks it.
    const together = slowRequests(seededRandom(`${seed}/node`), p!, nodes, 'control');
    const apart = 1 - (1 - 1 / nodes) ** nodes;
    found.push(
      check(
        `one slow node of ${nodes} instead: every page with ${nodes} calls is slow, more than the formula says`,
        together === requests,
        `${digits((100 * together) / requests)}%; with independent calls ${digits(100 * apart)}%`,
      ),
    );
    return { points, checks: found, timeline: hedged.timeline };
  },
  variants: {
    broken: 'a page does not wait for its slowest call, but for the median one',
    control: 'one node of ten is always slow, so the calls of one page depend on each other',
  },
  hints: [
    'How likely is it that a page is fast? A page is fast only if all of its calls are fast.',
    'A call is fast with probability 1 - p. All n independent calls are fast with probability (1 - p)^n.',
    'A train is late in 5% of the cases. A journey with three trains has no late train in .95^3 = 86% of the ' +
      'cases, so 14% have one.',
  ],
  explanation: ({ p }) =>
    `Slow calls are rare, but a page with many calls often has one. At p = ${100 * p!}%,
${digits(100 * (1 - (1 - p!) ** 100))}% of the pages with 100 calls have at least one slow call. The mean time of a
call does not show this. The tail shows it.

A hedged call is sent to a second node when the first one has not answered after ${hedgeAfterMs} ms. It is slow only if
both nodes are slow. This has probability p squared. Hedging costs about ${digits(100 * p!)}% more calls, because only
slow calls are sent twice.

The formula assumes independent calls. In the last check, one node of ten is always slow. So a tenth of all calls is
slow. If these calls were independent, ${digits(100 * (1 - 0.9 ** 10))}% of the pages with ten calls would be slow.
But such a page sends one call to each node. So all of these pages are slow.`,
  transfer: {
    question: 'A page needs 50 calls. At most 1% of the pages may be slow. How rare must a slow call be?',
    answer:
      '1 - (1 - p)^50 = .01 gives p = .0002: two calls in 10,000. With hedged calls, p^2 = .0002, so p = 1.4% is ' +
      'enough.',
  },
});

/** How long a call takes at a node, ms. Control: one node of ten is always slow, the others never are. */
const timeOf = (random: Random, p: number, node: number, variant: Variant): number =>
  (variant === 'control' ? node === 0 : random.next() < p) ? slowMs : fastMs;

/** Broken: a request does not wait for its slowest call, but for the median one. */
const isSlow = (times: readonly number[], variant: Variant): boolean =>
  (variant === 'broken' ? lowerMedian(times) : Math.max(...times)) >= slowMs;

/** How many of the requests with `n` calls are slow. The calls go to the nodes in turn. */
function slowRequests(random: Random, p: number, n: number, variant: Variant): number {
  let slow = 0;
  for (let i = 0; i < requests; i++) {
    const first = Math.floor(nodes * random.next());
    const times = Array.from({ length: n }, (_, at) => timeOf(random, p, (first + at) % nodes, variant));
    if (isSlow(times, variant)) slow++;
  }
  return slow;
}

/** Requests with hedged calls, one after the other, through the hedge layer of the system. */
async function hedgedRun(seed: string, p: number, variant: Variant) {
  const sim = createSimulation(seed);
  const random = seededRandom(`${seed}/times`);
  let extra = 0;
  let slow = 0;
  let startedAt = 0;
  const timeline: string[] = [];
  const sinceStartMs = (): number => sim.clock.now() - startedAt;
  const tell = (what: string): void => void timeline.push(`${digits(sinceStartMs()).padStart(6)} ms  ${what}`);
  const read = createReplicaGroup({
    sim,
    replicas: nodes,
    policy: {
      base: 'naive',
      balance: { by: 'round_robin', slowStartMs: 0 },
      hedge: { fixedDelayMs: hedgeAfterMs },
    },
    serve: (node) => ({ body: {}, tookMs: timeOf(random, p, node, variant) }),
    observe({ event }) {
      if (event !== 'hedge') return;
      extra++;
      if (extra === 1) tell('one of ten calls has no answer: it is sent to another node, too');
    },
  });
  const timed = async (): Promise<number> => {
    await read();
    return sinceStartMs();
  };
  const all = (async () => {
    for (let i = 0; i < hedgedRequests; i++) {
      startedAt = sim.clock.now();
      if (isSlow(await Promise.all(Array.from({ length: hedgedFanOut }, timed)), variant)) slow++;
      if (extra > 0 && timeline.length === 1) tell('the last of the ten answers is there');
      await sleep(sim.scheduler, slowMs);
    }
  })();
  await sim.run();
  await all;
  return { slow, extra, timeline };
}

import { type Random, seededRandom } from '../../shared/time/random.ts';
import { check, nothing, shareOf } from '../kit/checks.ts';
import { lab, type Check, type Point, type Variant } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';

const fanOuts = [1, 10, 100] as const;
const requests = 10_000;
const fastMs = 10;
const slowMs = 500;
/** A hedge: a second call when the first one is slower than 99% of the calls are. */
const hedgeAfterMs = 20;
/** Three shares; the hedged share; then the extra calls. */
const checks = 4;

/** A request that needs n calls is slow when one of them is. */
export const tailLatency = lab({
  id: '08',
  name: 'tail-latency',
  topic: 'tail latency',
  question: 'One call in a hundred is slow. How many of the pages that need 100 calls are slow?',
  minutes: 1,
  cores: 1,
  parameters: { p: { unit: '%', values: [0.01, 0.008, 0.012] } },
  formula: 'P(slow) = 1 - (1 - p)^n; with a hedge, a call is slow only if both calls are: 1 - (1 - p^2)^n',
  assumptions: [
    'each call is slow with probability p, whatever the other calls do',
    'a request waits for all of its n calls',
    'the second call of a hedge goes to another node',
  ],
  axes: { x: 'calls per request n', y: 'slow requests (%)', logX: true },
  quantities: ({ p }) => [
    ...fanOuts.map((n) => ({
      id: `n${n}`,
      label: `slow requests with ${n} ${n === 1 ? 'call' : 'calls'}`,
      unit: '%' as const,
      theory: 1 - (1 - p!) ** n,
      x: n,
    })),
    { id: 'hedged', label: 'slow requests with 10 hedged calls', unit: '%', theory: 1 - (1 - p! ** 2) ** 10 },
  ],
  virtual({ p }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const points: Point[] = [];
    const found: Check[] = [];
    for (const n of fanOuts) {
      const { slow } = run(seededRandom(`${seed}/${n}`), p!, n, false, variant);
      const share = shareOf(`n${n}`, slow, requests);
      points.push(share.point);
      found.push(share.isTheory(`${n} calls: 1 - (1 - p)^${n}`, 1 - (1 - p!) ** n, checks));
    }
    const hedged = run(seededRandom(`${seed}/hedged`), p!, 10, true, variant);
    const share = shareOf('hedged', hedged.slow, requests);
    points.push(share.point);
    found.push(share.isTheory('10 hedged calls: 1 - (1 - p^2)^10', 1 - (1 - p! ** 2) ** 10, checks));
    const extra = hedged.extra / (10 * requests);
    found.push(check('hedging costs at most 5% extra calls', extra <= 0.05, `${digits(100 * extra)}% extra calls`));
    return { points, checks: found, timeline: hedged.timeline };
  },
  variants: {
    broken: 'the request does not wait for its slowest call, but for the median one',
    control: 'one node of ten is always slow, so the calls of one request depend on each other',
  },
  hints: [
    'Turn it around: a page is fast only if every one of its calls is fast.',
    'A call is fast with 1 - p, and n independent calls are all fast with (1 - p)^n.',
    'A train is late in 5% of the cases. A journey with three trains has no late one with .95^3 = 86%, so 14% have one.',
  ],
  explanation: ({ p }) =>
    `What is rare for a call is normal for a page with many calls. At p = ${100 * p!}%, ${digits(100 * (1 - (1 - p!) ** 100))}% of the pages with 100 calls meet at least one slow call. The mean time of a call does not tell this; the tail does.

A hedge asks a second node after ${hedgeAfterMs} ms. The page is slow only if both are, which has probability p squared per call. It costs about ${digits(100 * p!)}% more calls, because only slow calls are hedged.

The formula needs independence. In the negative control the same share of calls is slow, but all at one node of ten. Then a page with ten calls, one at each node, always meets it, and a page with one call meets it in 10% of the cases.`,
  transfer: {
    question: 'A page needs 50 calls. How rare must a slow call be, if at most 1% of the pages may be slow?',
    answer:
      '1 - (1 - p)^50 = .01 gives p = .0002: two calls in 10,000. Or hedge: then p^2 = .0002, and p = 1.4% is enough.',
  },
});

/** How many of the requests are slow, and how many second calls were made. */
function run(random: Random, p: number, n: number, hedge: boolean, variant: Variant) {
  const call = (node: number): number => {
    if (variant === 'control') return node % 10 === 0 ? slowMs : fastMs;
    return random.next() < p ? slowMs : fastMs;
  };
  let slow = 0;
  let extra = 0;
  let timeline: string[] = [];
  for (let i = 0; i < requests; i++) {
    const offset = Math.floor(10 * random.next());
    const times: number[] = [];
    for (let at = 0; at < n; at++) {
      const first = call(at + offset);
      if (!hedge || first <= hedgeAfterMs) {
        times.push(first);
        continue;
      }
      extra++;
      const both = Math.min(first, hedgeAfterMs + call(at + offset + 1));
      times.push(both);
      if (timeline.length === 0)
        timeline = [
          `     0 ms  request ${i} sends call ${at}`,
          `    ${hedgeAfterMs} ms  no answer: the same call goes to another node`,
          `    ${both} ms  the first of the two answers is there (the other one: ${Math.max(first, both)} ms)`,
        ];
    }
    const decides =
      variant === 'broken' ? times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]! : Math.max(...times);
    // A hedged call that came in time is a little later than a fast one, and no slow one.
    if (decides >= slowMs) slow++;
  }
  return { slow, extra, timeline };
}

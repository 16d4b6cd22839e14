import { LRUCache } from 'lru-cache';
import { zipf } from '../../loadgen/workload/zipf.ts';
import { type Random, seededRandom } from '../../shared/time/random.ts';
import { check, exactly, nothing, measuredShare, within } from '../kit/checks.ts';
import { type Check, lab, type Variant } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import { modelledStore, staleAnswers } from './invalidation.ts';
import { liveCache } from './live.ts';
import { liveStaleAnswers } from './live-invalidation.ts';
import { meanInterval, shownConfidence } from '../statistics/interval.ts';

const items = 1_000;
const requests = 60_000;
const warmUp = 10_000;
const parts = 20;
/** Requests while pages change. */
const requestsWithWrites = 10_000;
const liveRequestsWithWrites = 4_000;
/** In virtual time, only changes make an answer old. */
const noTime = { now: () => 0, wall: () => 0 };

/** How often a small cache has the answer, and when its answer is old. */
export const caching = lab({
  id: '14',
  name: 'caching',
  topic: 'caching',
  question: 'A cache holds a tenth of the pages. How many of the requests does it answer?',
  seconds: 30,
  cores: 2,
  failuresExpected: true,
  parameters: { C: { unit: 'count', values: [100, 80, 150] } },
  formula: 'Che: h = sum of q_i (1 - e^(-q_i T)), where T solves sum of (1 - e^(-q_i T)) = C',
  assumptions: [
    'the share q_i of the requests for the i-th most popular page is proportional to 1 / i (Zipf’s law)',
    'requests are independent of each other',
    'a full cache drops the page whose last use is longest ago (LRU)',
    'the cache is full',
  ],
  quantities: ({ C }) => [
    { id: 'hit', label: 'hit rate', unit: '%', theory: che(C!) },
    { id: 'outage', label: 'answered while the database is down', unit: '%', theory: che(C!) },
    { id: 'stale', label: 'stale answers with invalidation', unit: '%', theory: 0 },
  ],
  async virtual({ C }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const theory = che(C!);
    const quiet = run(`${seed}/quiet`, C!, variant);
    const withWrites = (invalidate: boolean): Promise<number> => {
      const random = seededRandom(`${seed}/writes`);
      const [store, requests] = [modelledStore(), requestsWithWrites];
      const changing = { store, clock: noTime, requests, capacity: C!, invalidate };
      return staleAnswers({ ...changing, draw: () => draw(random, variant) });
    };
    const [old, fresh] = [await withWrites(false), await withWrites(true)];
    const hit = meanInterval(quiet.hitShares, shownConfidence);
    const outage = meanInterval(quiet.heldShares, shownConfidence);
    const measured = requests - warmUp;
    return {
      points: [
        { id: 'hit', measured: hit.mean, n: measured, interval: hit },
        { id: 'outage', measured: outage.mean, n: parts, interval: outage },
        exactly('stale', fresh / requestsWithWrites, requestsWithWrites),
      ],
      checks: [
        check(
          'the hit rate is within .02 of Che’s approximation',
          Math.abs(hit.mean - theory) <= 0.02,
          `${digits(hit.mean)} for ${digits(theory)}`,
        ),
        within('database down, old copies allowed: the share h is still answered', outage.mean, theory, 0.08, parts),
        ...invalidationChecks('', old, fresh, requestsWithWrites),
      ],
      timeline: [
        withoutInvalidation(old, requestsWithWrites),
        `the cache holds ${((100 * C!) / items).toFixed(0)}% of the pages ` +
          `and answers ${digits(100 * hit.mean)}% of the requests`,
      ],
    };
  },
  async live({ C }, context) {
    const { seed, signal, say } = context;
    const theory = che(C!);
    const { hits, lookups, outage, withoutStale } = await liveCache(
      { capacity: C!, items, draw: (random) => draw(random, 'correct') },
      context,
    );
    const withWrites = (invalidate: boolean): Promise<number> => {
      const random = seededRandom(`${seed}/writes`);
      const changing = { requests: liveRequestsWithWrites, capacity: C!, invalidate };
      return liveStaleAnswers({ ...changing, draw: () => draw(random, 'correct'), signal });
    };
    say('the pages of a small store change while they are read, without invalidation and with it');
    const [old, fresh] = [await withWrites(false), await withWrites(true)];
    const hit = measuredShare('hit', hits, lookups);
    const answered = measuredShare('outage', outage.answered, outage.sent);
    return {
      points: [hit.point, answered.point, exactly('stale', fresh / liveRequestsWithWrites, liveRequestsWithWrites)],
      checks: [
        near('live: the hit rate is within .02 of Che’s approximation', hit.point.measured, theory, 0.02),
        near(
          'live, database down, old copies allowed: the share h is still answered',
          answered.point.measured,
          theory,
          0.06,
        ),
        check(
          'live: each of these answers says how old it is',
          outage.answered > 0 && outage.stated === outage.answered,
          `${outage.stated} of ${outage.answered}; the oldest is ${digits(outage.oldestMs / 1_000)} s old`,
        ),
        check(
          'live, database down, old copies not allowed: no search is answered',
          withoutStale.answered === 0,
          `${withoutStale.answered} of ${withoutStale.sent}`,
        ),
        ...invalidationChecks('live: ', old, fresh, liveRequestsWithWrites),
      ],
      timeline: [
        `live: ${hits} of ${lookups} look-ups were hits`,
        `live: while the database was down, the cache answered ${outage.answered} of ${outage.sent} searches`,
        `live: ${withoutInvalidation(old, liveRequestsWithWrites)}`,
      ],
    };
  },
  variants: {
    broken: 'the cache begins with the least popular pages, and a full cache takes no new pages',
    control: 'all pages are equally popular, so the hit rate is C / N',
  },
  hints: [
    'Pages are not equally popular. Which share of the requests do the hundred most popular pages get?',
    'A page is in the cache if it was asked for within the last T requests. T is as long as it takes to see C ' +
      'different pages.',
    'Two of ten dishes get 60% of the orders. A kitchen keeps two dishes ready. So it serves nearly 60% at once.',
  ],
  explanation: ({ C }) =>
    `A cache with ${((100 * C!) / items).toFixed(0)}% of the pages answers ${digits(100 * che(C!))}% of the requests,
because few pages are very popular. An ideal cache would hold exactly the most popular pages. LRU does not know which
pages these are. It also holds pages that were used only once, so its hit rate is lower.

If all pages are equally popular, a cache of this size answers only ${((100 * C!) / items).toFixed(0)}% of the requests.
So measure the popularity before you buy memory.

A cache holds copies, and copies become old. Invalidation removes a copy when the page changes. But old copies are
useful while the database is down: the cache can still answer with them. So a cache improves performance and
dependability. The price is consistency: some answers are old.`,
  transfer: {
    question: 'You double the cache from 100 to 200 pages. Does the hit rate double?',
    answer: 'No. It grows from .58 to .70, because each further page is less popular than the pages before.',
  },
});

const invalidationChecks = (form: string, old: number, fresh: number, n: number): readonly Check[] => [
  check(`${form}without invalidation some answers are stale`, old > 0, `${old} of ${n}`),
  check(`${form}with invalidation no answer is stale`, fresh === 0, `${fresh} of ${n}`),
];

const withoutInvalidation = (old: number, n: number): string =>
  `without invalidation ${old} of ${n} answers are older than the last change`;

const near = (label: string, measured: number, theory: number, most: number): Check =>
  check(label, Math.abs(measured - theory) <= most, `${digits(measured)} for ${digits(theory)}`);

const weights = Array.from({ length: items }, (_, i) => 1 / (i + 1));
const total = weights.reduce((sum, weight) => sum + weight, 0);
const popularity = weights.map((weight) => weight / total);
const ranks = zipf(items, 1);

/** Che, Tung and Wang, IEEE JSAC 20 (2002). */
function che(capacity: number): number {
  const filled = (t: number): number => popularity.reduce((sum, q) => sum + 1 - Math.exp(-q * t), 0);
  let [low, high] = [0, 1e6];
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (filled(middle) < capacity) low = middle;
    else high = middle;
  }
  return popularity.reduce((sum, q) => sum + q * (1 - Math.exp(-q * low)), 0);
}

/** The place of a page, from 0 on. */
const draw = (random: Random, variant: Variant): number =>
  variant === 'control' ? Math.floor(items * random.next()) : ranks.draw(random) - 1;

function run(seed: string, capacity: number, variant: Variant) {
  const random = seededRandom(seed);
  const cache = new LRUCache<number, true>({ max: capacity });
  if (variant === 'broken') for (let i = 1; i <= capacity; i++) cache.set(items - i, true);
  const hits = Array.from({ length: parts }, () => 0);
  const heldShares: number[] = [];
  for (let i = 0; i < requests; i++) {
    const page = draw(random, variant);
    if (cache.get(page)) {
      if (i >= warmUp) hits[Math.floor(((i - warmUp) * parts) / (requests - warmUp))]!++;
    } else if (variant !== 'broken' || cache.size < capacity) cache.set(page, true);
    if (i >= warmUp && (i + 1 - warmUp) % ((requests - warmUp) / parts) === 0)
      heldShares.push(heldShare(cache, variant));
  }
  return { hitShares: hits.map((count) => (count * parts) / (requests - warmUp)), heldShares };
}

/**
 * The share of the requests that the cache could answer if the database failed now. Nothing would enter or leave it, so
 * this is the popularity of the pages that it holds.
 */
const heldShare = (cache: LRUCache<number, true>, variant: Variant): number =>
  [...cache.keys()].reduce((sum, page) => sum + (variant === 'control' ? 1 / items : popularity[page]!), 0);

import { seededRandom } from '../../shared/time/random.ts';
import { metricOf, sumOf } from '../kit/metrics.ts';
import { nodeOf } from '../kit/nodes.ts';
import { type TimedAnswer, closedLoad } from '../kit/open-load.ts';
import { labWords } from '../kit/pages.ts';
import { appSearch } from '../kit/searches.ts';
import { threeTiers } from '../kit/topology.ts';
import type { LabNode, LiveContext } from '../runner/lab.ts';

const warmUp = 1_500;
/** The standard error of the hit rate is .005 then: a quarter of what the check allows. */
const measured = 10_000;
const inOutage = 1_000;
/** When stale answers are off, every call should fail, and few calls show that. */
const without = 40;
const foreverMs = 3_600_000;

export interface LiveCache {
  readonly hits: number;
  readonly lookups: number;
  readonly outage: {
    readonly sent: number;
    readonly answered: number;
    /** The answers that told the reader their age. */
    readonly stated: number;
    readonly oldestMs: number;
  };
  readonly withoutStale: { readonly sent: number; readonly answered: number };
}

/** The cache of an application server in front of a database that goes down. `draw` picks one of the items. */
export async function liveCache(
  { capacity, items, draw }: { capacity: number; items: number; draw: (random: { next(): number }) => number },
  { cluster, seed, signal, progress }: LiveContext,
): Promise<LiveCache> {
  const own = await cluster(threeTiers());
  const app = nodeOf(own, 'app');
  const database = nodeOf(own, 'database');
  const queries = Array.from({ length: items }, (_, i) => queryOf(i));
  const cached = (operation: { ttlMs: number; staleIfErrorMs: number }) =>
    own.policy(app.id, {
      base: 'naive',
      cache: { maxEntries: capacity, operations: { 'database.find': operation } },
    });
  const search = (label: string, n: number): Promise<readonly TimedAnswer[]> => {
    const random = seededRandom(`${seed}/${label}`);
    return closedLoad({
      n,
      lanes: 2,
      question: () => appSearch(app, { q: queries[draw(random)]!, page: 1, size: 1, explain: false }),
      signal,
      onProgress: (done) => progress(label, done, n),
    });
  };

  await cached({ ttlMs: foreverMs, staleIfErrorMs: 0 });
  await search('filling the cache', warmUp);
  const before = await lookupsOf(app);
  await search('counting hits', measured);
  const after = await lookupsOf(app);

  // The server asks the database for every answer again, and keeps the copy for an outage.
  await cached({ ttlMs: 1, staleIfErrorMs: foreverMs });
  await search('filling the cache again', warmUp);
  await own.crash(database.id);
  const answers = (await search('the database is down', inOutage)).filter(({ ok }) => ok);
  await cached({ ttlMs: 1, staleIfErrorMs: 0 });
  const bare = await search('the database is down, and old copies are not allowed', without);
  return {
    hits: after.hits - before.hits,
    lookups: after.all - before.all,
    outage: {
      sent: inOutage,
      answered: answers.length,
      stated: answers.filter(({ staleMs }) => staleMs !== undefined).length,
      oldestMs: Math.max(0, ...answers.map(({ staleMs = 0 }) => staleMs)),
    },
    withoutStale: { sent: without, answered: bare.filter(({ ok }) => ok).length },
  };
}

/** Two different words for each number: the number of pairs is far greater than that of the items. */
function queryOf(i: number): string {
  const first = i % labWords.length;
  const step = 1 + Math.floor(i / labWords.length);
  return `${labWords[first]} ${labWords[(first + step) % labWords.length]}`;
}

async function lookupsOf(app: LabNode): Promise<{ hits: number; all: number }> {
  const series = await metricOf(app, 'tierlab_rpc_cache_requests_total');
  const database = series.filter(({ labels }) => labels.component === 'database');
  const hits = database.filter(({ labels }) => labels.result === 'hit' || labels.result === 'shared');
  return { hits: sumOf(hits), all: sumOf(database) };
}

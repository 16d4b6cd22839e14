import { unanswered } from '../kit/checks.ts';
import { closedLoad, throughput } from '../kit/open-load.ts';
import { labSearch } from '../kit/searches.ts';
import type { Check, LiveContext } from '../runner/lab.ts';
import { deadShares, lanes, searchesWithoutCentre, shares, type MeasuredCentre } from './shares.ts';

const centre = 'centre-1';
const forMs = 8_000;

/** Without a monitor: it would repair the centre, which is slow because it is asked too much. */
const topology = {
  style: 'layered',
  policy: { base: 'naive', deadline: { defaultMs: 10_000 } },
  nodes: [
    { name: 'server', components: ['query', 'database'], shards: 2, replicas: 1 },
    { name: 'centre', components: ['query'], replicas: 1 },
  ],
};

/** Two servers with half of the pages each, and one node with the table for both. This process is all callers. */
export async function liveCentre(serviceMs: number, { cluster, signal, progress }: LiveContext) {
  const own = await cluster(topology);
  const servers = own.nodes.filter(({ id }) => id.startsWith('server'));
  const question = (i: number) => ({
    node: servers[i % servers.length]!,
    component: 'query',
    operation: 'search',
    request: labSearch(i),
  });
  const needCentre = async (share: number): Promise<void> => {
    for (const { id } of servers) await own.policy(id, { centralStatistics: { share, node: centre } });
  };
  // The first searches compile code, and the table learns all queries.
  await needCentre(1);
  await closedLoad({ n: 400, lanes: 4, question, signal });
  await own.policy(centre, { station: { component: 'query', workers: 1, serviceMs } });

  const ceilings: MeasuredCentre['ceilings'][number][] = [];
  const failures: Check[] = [];
  for (const f of shares) {
    await needCentre(f);
    const { perSecond, answered, failed } = await throughput({
      lanes,
      question,
      warmMs: 2_000,
      forMs,
      windows: 10,
      signal,
      onProgress: (done, total) => progress(`f = ${f}`, done, total),
    });
    ceilings.push({ f, perSecond, answered });
    failures.push(...unanswered(`f = ${f}: every search is answered while the centre is up`, failed));
  }

  await own.crash(centre);
  const timeline = [`${centre} has crashed`];
  const failed: MeasuredCentre['failed'][number][] = [];
  for (const f of deadShares) {
    await needCentre(f);
    const answers = await closedLoad({
      n: searchesWithoutCentre,
      lanes: 4,
      question,
      signal,
      onProgress: (done) => progress(`f = ${f} without the centre`, done, searchesWithoutCentre),
    });
    failed.push({ f, count: answers.filter(({ ok }) => !ok).length });
    const shown = answers.slice(0, 4).map(({ ok, code }) => (ok ? 'an answer' : code));
    timeline.push(`  the first searches at f = ${f}: ${shown.join(', ')}`);
  }
  const applied = failed.reduce((sum, { count }) => sum + count, 0);
  return {
    measured: { ceilings, failed, timeline } satisfies MeasuredCentre,
    fault: { kind: 'stop.kill', target: centre, matched: failed.length * searchesWithoutCentre, applied },
    failures,
  };
}

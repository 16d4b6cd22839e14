import { nodeOf } from '../kit/nodes.ts';
import { openLoad, type TimedAnswer, type NodeCall } from '../kit/open-load.ts';
import { labPageId } from '../kit/pages.ts';
import { threeTiers } from '../kit/topology.ts';
import type { LabCluster, LiveContext } from '../runner/lab.ts';
import type { BeforeAndAfter, Share } from './model.ts';

const perSecond = 20;
const beforeCalls = 60;
/** Calls that are sent while the time-out may adapt. */
const settlingCalls = 80;
const afterCalls = 120;

type By = 'fixed' | 'own';

/** Three tiers for the time-outs, and one node for each of `limited`. */
export const topology = (limited: number) => ({
  nodes: [...threeTiers().nodes, { name: 'limited', components: ['query'], replicas: limited }],
});

/**
 * An application server that calls a database with each kind of time-out, before and after the database gets slower.
 */
export async function liveTimeouts(
  { S, factor, timeoutMs }: { readonly S: number; readonly factor: number; readonly timeoutMs: number },
  own: LabCluster,
  { seed, signal, progress }: LiveContext,
): Promise<Readonly<Record<By, BeforeAndAfter>>> {
  const app = nodeOf(own, 'app');
  const database = nodeOf(own, 'database');
  const question = (i: number): NodeCall => ({
    node: app,
    component: 'app',
    operation: 'page',
    request: { id: labPageId(i), format: 'json' },
  });
  const serviceTime = (serviceMs: number) =>
    own.policy(database.id, { station: { component: 'database', workers: 1_000, serviceMs } });
  const send = (name: string, n: number) =>
    openLoad({
      seed: `${seed}/${name}`,
      n,
      perSecond,
      question,
      signal,
      onProgress: (done) => progress(name, done, n),
    });
  const measured = async (by: By) => {
    await own.policy(app.id, { attemptTimeout: by === 'fixed' ? { fixedMs: timeoutMs } : true });
    await serviceTime(S);
    const before = shareOf(await send(`${by} time-out, before`, beforeCalls));
    await serviceTime(factor * S);
    await send(`${by} time-out, while it adapts`, settlingCalls);
    return { before, after: shareOf(await send(`${by} time-out, after`, afterCalls)) };
  };
  // The first calls compile code, and they open connections.
  await send('warm up', beforeCalls);
  return { fixed: await measured('fixed'), own: await measured('own') };
}

const shareOf = (answers: readonly TimedAnswer[]): Share => ({
  sent: answers.length,
  good: answers.filter(({ ok }) => ok).length,
  seconds: answers.length / perSecond,
});

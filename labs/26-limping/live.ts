import { metricOf } from '../kit/metrics.ts';
import { nodesOf } from '../kit/nodes.ts';
import { openLoad } from '../kit/open-load.ts';
import { appSearch, labSearch } from '../kit/searches.ts';
import type { FaultProof, LabFault, LabNode, LiveContext } from '../runner/lab.ts';
import { medianInterval } from '../statistics/median.ts';
import { ejecting, healthyMs, perSecond, replicas, type CallTimes } from './model.ts';

const calls = 400;
/** The longest wait for an ejection: far longer than three windows of the outlier detector. */
const ejectionBoundMs = 20_000;

/** The same system as multitier has, in fewer processes. */
const topology = {
  nodes: [
    { name: 'monitor', components: ['monitor'], replicas: 1 },
    { name: 'app', components: ['app', 'query', 'database', 'html'], replicas: 2 },
    { name: 'ranking', components: ['ranking'], replicas },
  ],
};

export interface LiveTimes {
  /** Without ejection, and with it. */
  readonly without: CallTimes;
  readonly withEjection: CallTimes;
  readonly proof: FaultProof;
}

/** Two kinds of limping, each at another node and with another caller, which does not remember the first one. */
export async function liveLimping(
  factor: number,
  { cluster, seed, signal, progress, say }: LiveContext,
): Promise<Readonly<Record<'latency' | 'cpu', LiveTimes>>> {
  const own = await cluster(topology);
  const [apps, rankings] = [nodesOf(own, 'app'), nodesOf(own, 'ranking')];
  // The monitors would drain a limping node. Here the callers are to find it, so the monitors do not hear of calls.
  for (const { id } of nodesOf(own, 'monitor')) await own.policy(id, { evidence: { calls: false } });
  for (const { id } of apps) await own.policy(id, { base: 'naive' });
  const question = (app: LabNode) => (i: number) => appSearch(app, labSearch(i));
  const measure = async (app: LabNode, label: string, n = calls) => {
    const answers = await openLoad({
      seed: `${seed}/${label}`,
      n,
      perSecond,
      question: question(app),
      signal,
      onProgress: (done) => progress(label, done, n),
    });
    return answers.filter(({ ok }) => ok).map(({ tookMs }) => tookMs);
  };
  const isEjected = async (app: LabNode): Promise<boolean> =>
    (await metricOf(app, 'tierlab_rpc_ejected')).some(
      ({ labels, value }) => labels.component === 'ranking' && value === 1,
    );

  say('first, the lab measures the time of a search without the station and without a fault');
  for (const app of apps) await measure(app, 'warm up', 120);
  const ownMs = medianInterval(await measure(apps[0]!, 'the search alone', 200)).median;
  for (const { id } of rankings)
    await own.policy(id, { station: { component: 'ranking', workers: 1_000, serviceMs: healthyMs } });

  async function limp(kind: 'latency' | 'cpu', fault: LabFault): Promise<LiveTimes> {
    const at = kind === 'latency' ? 0 : 1;
    const [app, victim] = [apps[at]!, rankings[at]!];
    const withoutOwn = (times: readonly number[]) => times.map((ms) => ms - ownMs);
    await own.policy(app.id, { base: 'naive' });
    const healthy = withoutOwn(await measure(app, `${kind}: all are healthy`));
    const heal = await own.inject(victim.id, fault);
    const limping = withoutOwn(await measure(app, `${kind}: one limps, no ejection`));
    await own.policy(app.id, { outlier: ejecting });
    const startedAt = performance.now();
    const before: number[] = [];
    while (!(await isEjected(app)) && performance.now() - startedAt < ejectionBoundMs)
      before.push(...withoutOwn(await measure(app, `${kind}: before the ejection`, perSecond)));
    const ejectedAfterMs = (await isEjected(app)) ? performance.now() - startedAt : undefined;
    const after = withoutOwn(await measure(app, `${kind}: after the ejection`));
    const proof = await heal();
    const none = { healthy, timeline: [] };
    return {
      without: { ...none, before: limping, after: limping, ejectedAfterMs: undefined },
      withEjection: { ...none, before, after, ejectedAfterMs },
      proof,
    };
  }
  const meanMs = (factor - 1) * healthyMs;
  return {
    latency: await limp('latency', { kind: 'limp.latency', params: { meanMs } }),
    cpu: await limp('cpu', { kind: 'limp.cpu', params: { share: 0.9 } }),
  };
}

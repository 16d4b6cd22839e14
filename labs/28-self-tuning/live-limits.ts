import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { arrivalTimes, closedLoad, openLoad } from '../kit/open-load.ts';
import { labPlan } from '../kit/searches.ts';
import type { LabCluster, LabNode, LiveContext } from '../runner/lab.ts';
import {
  deadlineMs,
  limitedPerSecond,
  limitPolicies,
  workers,
  type BeforeAndAfter,
  type LimitBy,
  type Share,
  warmUpCalls,
} from './model.ts';

/**
 * The server becomes slower this many seconds after the first call. It is measured again after it has had time to
 * adapt.
 */
const slowerAt = 12;
const counted = { before: { from: 4, to: slowerAt }, after: { from: slowerAt + 20, to: slowerAt + 36 } };
/**
 * More than the longest wait behind the fixed limit. The longest wait is 80% of the deadline, times the largest factor,
 * which is 4.
 */
const patienceMs = 4 * deadlineMs;

/**
 * Servers with one policy each, which get more calls than they can answer, and become slower at the same moment. No
 * server knows how long its users wait: an answer after the deadline has cost as much as one in time.
 */
export async function liveLimits(
  { S, factor }: { readonly S: number; readonly factor: number },
  own: LabCluster,
  { seed, signal, progress }: LiveContext,
): Promise<Readonly<Record<LimitBy, BeforeAndAfter>>> {
  const servers = own.nodes.filter(({ id }) => id.startsWith('limited'));
  const policies = limitPolicies(S);
  const perSecond = limitedPerSecond(S);
  const dueMs = arrivalTimes(seed, 10 * perSecond * counted.after.to, perSecond);
  const n = dueMs.filter((ms) => ms < 1_000 * counted.after.to).length;

  async function measured(by: LimitBy, node: LabNode): Promise<BeforeAndAfter> {
    const question = (i: number) => labPlan(node, i);
    const serviceTime = (serviceMs: number) =>
      own.policy(node.id, { station: { component: 'query', workers, serviceMs } });
    await own.policy(node.id, policies[by]);
    // Some more than the warm-up, so that all later calls can be refused.
    await closedLoad({ n: warmUpCalls + 100, lanes: 2, question, signal });
    await serviceTime(S);
    const [answers] = await Promise.all([
      openLoad({
        seed,
        n,
        perSecond,
        question,
        signal,
        timeoutMs: patienceMs,
        onProgress: (done) => by === 'own' && progress('limits, before and after the change', done, n),
      }),
      sleep(systemScheduler, 1_000 * slowerAt, signal).then(() => serviceTime(factor * S)),
    ]);
    const share = ({ from, to }: { readonly from: number; readonly to: number }): Share => {
      const isCounted = (ms: number): boolean => ms >= 1_000 * from && ms < 1_000 * to;
      const inTime = answers.filter(({ ok, tookMs }, i) => ok && tookMs <= deadlineMs && isCounted(dueMs[i]! + tookMs));
      return { sent: dueMs.filter(isCounted).length, good: inTime.length, seconds: to - from };
    };
    return { before: share(counted.before), after: share(counted.after) };
  }

  const [fixed, tuned, misSet] = await Promise.all(
    (['fixed', 'own', 'misSet'] as const).map((by, i) => measured(by, servers[i]!)),
  );
  return { fixed: fixed!, own: tuned!, misSet: misSet! };
}

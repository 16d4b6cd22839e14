import { availableParallelism } from 'node:os';
import { mainThreadCpuMs } from '../shared/cluster/watchdog/loop-check.ts';
import { sleep, systemScheduler } from '../shared/time/scheduler.ts';
import type { Terminal } from './terminal.ts';
import type { ClusterNode } from './watchdog-client.ts';

/** How long the use of the processors is measured, ms. The system counts it in steps of 10 ms. */
const measureMs = 500;
/** From this share of the processors on, there is no room for another busy node. */
const fullShare = 0.8;

/** A group that gets more nodes, and how many it has then. */
export interface GrowingGroup {
  readonly group: string;
  readonly count: number;
}

/** Warns if more nodes may be busy than this machine has processors. Such nodes work, so nothing is refused. */
export async function warnWithoutProcessors(
  nodes: readonly Pick<ClusterNode, 'pid'>[],
  growing: readonly GrowingGroup[],
  { line, warn }: Pick<Terminal, 'line' | 'warn'>,
): Promise<void> {
  if (growing.length === 0) return;
  const warning = warningFor(availableParallelism(), await processorsUsed(nodes), growing);
  if (warning !== undefined) line(`${warn('!')} ${warning}`);
}

/** Pure. `used`: how many processors the nodes use now; undefined where the system does not tell. */
export function warningFor(
  processors: number,
  used: number | undefined,
  growing: readonly GrowingGroup[],
): string | undefined {
  const many = growing.filter(({ count }) => count > processors);
  const isFull = used !== undefined && used >= fullShare * processors;
  if (many.length === 0 && !isFull) return undefined;
  const now = used === undefined ? '' : `, and its nodes use ${used.toFixed(1)} of them now`;
  const groups = (many.length > 0 ? many : growing).map(({ group, count }) => `${count} of ${group}`).join(', ');
  return (
    `This machine has ${processors} ${processors === 1 ? 'processor' : 'processors'}${now}. With ${groups}, ` +
    'more nodes can be busy than there are processors: then each is slower, and together they do no more work'
  );
}

/** How many processors the main threads of these nodes use now, as 1.5. Only Linux tells. */
async function processorsUsed(nodes: readonly Pick<ClusterNode, 'pid'>[]): Promise<number | undefined> {
  const pids = nodes.flatMap(({ pid }) => pid ?? []);
  const read = () => new Map(pids.map((pid) => [pid, mainThreadCpuMs(pid)]));
  const [before, startedAt] = [read(), performance.now()];
  await sleep(systemScheduler, measureMs);
  const [after, ms] = [read(), performance.now() - startedAt];
  const used = pids.flatMap((pid) => {
    const [from, to] = [before.get(pid), after.get(pid)];
    return from === undefined || to === undefined ? [] : to - from;
  });
  return used.length === 0 ? undefined : used.reduce((sum, it) => sum + it, 0) / ms;
}

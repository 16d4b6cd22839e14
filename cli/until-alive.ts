import type { View } from '../shared/membership/view.ts';
import { sleep, systemScheduler } from '../shared/time/scheduler.ts';
import { CommandError } from './errors.ts';
import { askMonitor } from './monitors.ts';
import type { ClusterNode } from './watchdog-client.ts';

/** A node that started is alive in the view after some healthy windows, ms. */
const aliveBoundMs = 30_000;

/** Until the monitors call the node alive; a cluster without monitors has no view to wait for. */
export async function untilAlive(portBase: number, nodes: readonly ClusterNode[], id: string): Promise<void> {
  if (!nodes.some(({ components }) => components.includes('monitor'))) return;
  const giveUpAt = performance.now() + aliveBoundMs;
  for (;;) {
    const view = (await askMonitor(portBase, '/api/view').catch(() => undefined)) as View | undefined;
    if (view?.members.find(({ node }) => node === id)?.state === 'alive') return;
    if (performance.now() > giveUpAt)
      throw new CommandError(`${id} runs, but the monitors do not call it alive: the other nodes were left alone`);
    await sleep(systemScheduler, 100);
  }
}

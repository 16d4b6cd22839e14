import type { View } from '../shared/membership/view.ts';
import { askMonitor } from './monitors.ts';
import { waitUntil } from './wait-until.ts';
import type { ClusterNode } from './watchdog-client.ts';

/** A node that started is alive in the view after some healthy windows, ms. */
const aliveBoundMs = 30_000;

/** Waits until the monitors call the node alive. Without monitors there is no view, so it returns at once. */
export async function untilAlive(portBase: number, nodes: readonly ClusterNode[], id: string): Promise<void> {
  if (!nodes.some(({ components }) => components.includes('monitor'))) return;
  const look = async (): Promise<true | undefined> => {
    const view = (await askMonitor(portBase, '/api/view').catch(() => undefined)) as View | undefined;
    return view?.members.find(({ node }) => node === id)?.state === 'alive' || undefined;
  };
  const late = `${id} runs, but the monitors do not call it alive, so the other nodes were not changed`;
  await waitUntil(look, { boundMs: aliveBoundMs, everyMs: 100, late });
}

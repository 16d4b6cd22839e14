import type { ChildProcess } from 'node:child_process';
import { startedNodes, type Topology } from '../shared/cluster/topology.ts';
import { sleep, systemScheduler } from '../shared/time/scheduler.ts';
import { readRunFile } from './run-file.ts';
import { fetchStatus } from './watchdog-client.ts';

/**
 * `child` (`tierlab up`) runs a cluster. Waits until all nodes of this cluster are ready. `signal` says that the child
 * was told to stop. Returns false if the child ends before.
 */
export async function untilReady(
  child: ChildProcess,
  topology: Topology,
  dataDir: string,
  signal: AbortSignal | undefined,
  onProgress?: (ready: number, wanted: number) => void,
): Promise<boolean> {
  const wanted = startedNodes(topology).length;
  while (child.exitCode === null && child.signalCode === null) {
    const status =
      readRunFile(dataDir, topology.watchdogPort)?.pid === child.pid
        ? await fetchStatus(topology.watchdogPort).catch(() => undefined)
        : undefined;
    const ready = status?.nodes.filter(({ state }) => state === 'ready').length ?? 0;
    if (ready > 0) onProgress?.(ready, wanted);
    // A cluster that was told to stop may still be ready.
    if (ready === wanted && !signal?.aborted) return true;
    await sleep(systemScheduler, 50);
  }
  return false;
}

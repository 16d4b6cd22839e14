import type { ClusterFlags } from '../../options.ts';
import { startCluster } from '../../own-cluster.ts';
import { dataDirOf } from '../../paths.ts';
import { portBaseOf } from '../../run-file.ts';
import type { Terminal } from '../../terminal.ts';
import { topologyOf } from '../../topology.ts';
import { fetchStatus } from '../../watchdog-client.ts';

/** The cluster that a run needs. */
export interface WantedCluster extends ClusterFlags {
  readonly topology: string;
}

/**
 * Uses the cluster that runs at the port base. If there is none, starts one that accepts faults, and stops it
 * afterwards.
 */
export async function withCluster<T>(
  flags: WantedCluster,
  terminal: Terminal,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const portBase = portBaseOf(flags.portBase);
  const running = await fetchStatus(portBase).then(
    () => true,
    () => false,
  );
  if (running) return work();
  terminal.line(`no cluster is running here: starting ${flags.topology} with --chaos for the time of this run`);
  const topology = await topologyOf(flags.topology, { portBase });
  const { stop } = await startCluster(topology, flags.topology, dataDirOf(flags.data), { chaos: true, signal });
  try {
    return await work();
  } finally {
    await stop();
  }
}

import type { Topology, TopologyNode } from '../shared/cluster/topology.ts';
import { takenPorts } from '../shared/cluster/watchdog/port-check.ts';
import { tierlab } from './command-line.ts';
import { CommandError } from './errors.ts';
import { otherPortBase, takenInWords, wantedPorts } from './wanted-ports.ts';

/** Throws if a port is taken, and names the port and the process. Nothing is started then. */
export async function refuseTakenPorts(
  topology: Topology,
  nodes: readonly TopologyNode[],
  host: string,
  dataDir: string,
  running: number | undefined,
): Promise<void> {
  const { ports, ownerOf } = wantedPorts(topology, nodes, host);
  const taken = await takenPorts(ports, host);
  if (taken.length === 0) return;
  // The process id of a run file may belong to another program by now.
  const watchdog = taken.find(({ port, protocol }) => port === topology.watchdogPort && protocol === 'TCP');
  if (running !== undefined && watchdog !== undefined && (watchdog.pid ?? running) === running)
    throw new CommandError(
      `a cluster is already running at port base ${topology.watchdogPort} (process ${running}). ` +
        'Stop it, or choose another --port-base. ' +
        `This stops it: ${tierlab('down', { portBase: topology.watchdogPort, dataDir })}`,
    );
  throw new CommandError(
    `${takenInWords(taken, ownerOf)}. Stop that program, or choose another port base, such as ` +
      `--port-base ${otherPortBase(topology.watchdogPort)}`,
  );
}

import type { Topology, TopologyNode } from '../shared/cluster/topology.ts';
import { takenPorts } from '../shared/cluster/watchdog/port-check.ts';
import { tierlab } from './command-line.ts';
import { CommandError } from './errors.ts';
import { isTierlab } from './watchdog-client.ts';
import { otherPortBase, takenInWords, wantedPorts } from './wanted-ports.ts';

/**
 * Throws if a port is taken, and names the port and the process. Nothing is started then. `pidOfRunFile` tells which
 * process has the run file of this data folder.
 */
export async function refuseTakenPorts(
  topology: Topology,
  nodes: readonly TopologyNode[],
  host: string,
  dataDir: string,
  pidOfRunFile: () => number | undefined,
): Promise<void> {
  const { ports, ownerOf } = wantedPorts(topology, nodes, host);
  const taken = await takenPorts(ports, host);
  if (taken.length === 0) return;
  const portBase = topology.watchdogPort;
  const other = `--port-base ${otherPortBase(portBase)}`;
  const watchdog = taken.find(({ port, protocol }) => port === portBase && protocol === 'TCP');
  // A cluster that starts at the same moment may have written its run file since.
  const running = pidOfRunFile();
  const { pid = running, command = '' } = watchdog ?? {};
  // The process id of a run file may belong to another program by now.
  if (watchdog && running !== undefined && pid === running)
    throw new CommandError(
      `a cluster is already running at port base ${portBase} (process ${running}). ` +
        'Stop it, or choose another --port-base. ' +
        `This stops it: ${tierlab('down', { portBase, dataDir })}`,
    );
  if (isTierlab(command))
    throw new CommandError(
      `a cluster is already running at port base ${portBase} (process ${pid}), with another data folder or just ` +
        `started. Choose another port base, such as ${other}`,
    );
  throw new CommandError(
    `${takenInWords(taken, ownerOf)}. Stop that program, or choose another port base, such as ${other}`,
  );
}

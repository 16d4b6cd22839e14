import { consoleKey } from '../services/console/operator.ts';
import type { Topology } from '../shared/cluster/topology.ts';
import { readRunFile } from './run-file.ts';
import type { Terminal } from './terminal.ts';

/**
 * Prints the addresses of the cluster for a browser, one per line. With the operator token of a cluster that accepts
 * faults, the console's address also opens its buttons.
 */
export function showAddresses(topology: Topology, terminal: Terminal, operatorToken?: string): void {
  const door = (component: string): string | undefined => {
    const node = topology.nodes.find((it) => it.doors[component] !== undefined);
    return node && `http://localhost:${node.doors[component]}`;
  };
  const gateway = door('gateway');
  const console = door('console');
  const opened = operatorToken === undefined ? '' : `/?operator=${consoleKey(operatorToken)}`;
  const rows = [
    ['search', door('client')],
    ['public API', gateway && `${gateway}/docs`],
    ['console', console && console + opened],
  ] as const;
  for (const [what, where] of rows)
    if (where !== undefined) terminal.line(`  ${what.padEnd(12)} ${terminal.bold(where)}`);
}

/** The token of the cluster that runs from this data folder, if that cluster accepts faults. */
export function operatorTokenOf(topology: Topology, dataDir: string, chaos: boolean): string | undefined {
  return chaos ? readRunFile(dataDir, topology.watchdogPort)?.token : undefined;
}

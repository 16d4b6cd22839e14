import { consoleKey } from '../services/console/operator.ts';
import { doorOf, nodesHosting, type Topology } from '../shared/cluster/topology.ts';
import { readRunFile } from './run-file.ts';
import type { Terminal } from './terminal.ts';

/**
 * Prints the addresses of the cluster for a browser, one per line. With the operator token of a cluster that accepts
 * faults, the console's address also opens its buttons.
 */
export function showAddresses(topology: Topology, terminal: Terminal, operatorToken?: string): void {
  const gateway = browserUrl(topology, 'gateway');
  const console = browserUrl(topology, 'console');
  const opened = operatorToken === undefined ? '' : `/?operator=${consoleKey(operatorToken)}`;
  const rows = [
    ['search', browserUrl(topology, 'client')],
    ['public API', gateway && `${gateway}/docs`],
    ['console', console && console + opened],
  ] as const;
  for (const [what, where] of rows)
    if (where !== undefined) terminal.line(`  ${what.padEnd(12)} ${terminal.bold(where)}`);
}

/** The address of a component for browsers; undefined when the topology has none. */
export function browserUrl(topology: Topology, component: string): string | undefined {
  const port = doorOf(topology, component);
  return port === undefined ? undefined : `http://localhost:${port}`;
}

/**
 * Says what is missing without a monitor. Such a topology works until a node fails in another way than by the end of
 * its process.
 */
export function warnWithoutMonitor(topology: Topology, terminal: Terminal): void {
  if (nodesHosting(topology, 'monitor').length > 0) return;
  terminal.line(
    `\n${terminal.warn('!')} No node hosts "monitor". So no node that hangs, limps or lies is detected, ` +
      'and callers notice failures\n  only by their own calls. Add a group with "components": ["monitor"].',
  );
}

/** The token of the cluster that runs from this data folder, if that cluster accepts faults. */
export function operatorTokenOf(topology: Topology, dataDir: string, chaos: boolean): string | undefined {
  return chaos ? readRunFile(dataDir, topology.watchdogPort)?.token : undefined;
}

import type { Topology } from '../shared/cluster/topology.ts';
import type { Terminal } from './terminal.ts';

/** Where a person finds the cluster with a browser, a line each. */
export function showDoors(topology: Topology, terminal: Terminal): void {
  const door = (component: string): string | undefined => {
    const node = topology.nodes.find((it) => it.doors[component] !== undefined);
    return node && `http://localhost:${node.doors[component]}`;
  };
  const gateway = door('gateway');
  const rows = [
    ['search', door('client')],
    ['public API', gateway && `${gateway}/docs`],
    ['console', door('console')],
  ] as const;
  for (const [what, where] of rows) if (where !== undefined) terminal.line(`  ${what.padEnd(12)} ${terminal.bold(where)}`);
}

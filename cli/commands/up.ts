import type { Command } from 'commander';
import type { Topology } from '../../shared/cluster/topology.ts';
import { runCluster } from '../cluster.ts';
import { ensureData } from '../data.ts';
import { detachSelf } from '../detach.ts';
import { chaosWanted, withClusterOptions, type ClusterFlags } from '../options.ts';
import { dataDirOf } from '../paths.ts';
import { portBaseOf } from '../run-file.ts';
import { createTerminal, type Terminal } from '../terminal.ts';
import { topologyOf } from '../topology.ts';

interface UpFlags extends ClusterFlags {
  readonly topology: string;
  readonly detach?: true;
  readonly chaos?: true;
}

export function up(command: Command): void {
  withClusterOptions(command)
    .option('-t, --topology <name>', 'a name in topologies/, or the path of a topology file', 'multitier')
    .option('-d, --detach', 'leave it running in the background')
    .option('--chaos', 'take faults: "tierlab chaos inject" and the console may then break things')
    .addHelpText(
      'after',
      '\nExamples:\n  $ tierlab up\n  $ tierlab up --topology single-server --port-base 20000 --detach\n  $ tierlab up --chaos',
    )
    .action(runUp);
}

async function runUp(flags: UpFlags): Promise<void> {
  const terminal = createTerminal(process.stderr);
  const dataDir = dataDirOf(flags.data);
  const topology = await topologyOf(flags.topology, { portBase: portBaseOf(flags.portBase) });
  if (flags.detach) return detachSelf(topology, dataDir, terminal);

  const startedAt = performance.now();
  const datasetDir = await ensureData(dataDir, topology.shards, terminal);
  let phase: 'starting' | 'running' | 'stopping' = 'starting';
  await runCluster(
    {
      topology,
      topologyName: flags.topology,
      nodes: topology.nodes,
      dataDir,
      datasetDir,
      bindHost: '127.0.0.1',
      chaos: chaosWanted(flags.chaos),
      onFault: (text) => terminal.line(`${terminal.dim('!')} ${text}`),
      onChange(node, state, watchdog) {
        const ready = watchdog.status().filter((it) => it.state === 'ready').length;
        if (state.state === 'backoff' || state.state === 'crash-loop' || state.state === 'held') {
          const whats = {
            backoff: 'is started again',
            'crash-loop': 'keeps crashing and stays down',
            held: 'is held down by a fault',
          };
          const what = whats[state.state];
          terminal.line(`${terminal.bad('✗')} ${node.id} ended (${state.exit}) and ${what}`);
        } else if (phase === 'starting' && state.state === 'ready')
          terminal.progress('starting nodes', ready, topology.nodes.length);
        else if (phase === 'running' && state.state === 'ready') terminal.line(`${terminal.good('✓')} ${node.id} is back`);
      },
    },
    () => {
      phase = 'running';
      announce(terminal, topology, performance.now() - startedAt);
    },
    () => {
      phase = 'stopping';
      terminal.line(`\nstopping ${topology.nodes.length} nodes ...`);
    },
  );
  terminal.line('stopped; nothing is left running');
}

function announce(terminal: Terminal, topology: Topology, tookMs: number): void {
  const door = (component: string): string | undefined => {
    const node = topology.nodes.find((it) => it.doors[component] !== undefined);
    return node && `http://localhost:${node.doors[component]}`;
  };
  const rows = [
    ['search', door('client')],
    ['public API', door('gateway') && `${door('gateway')}/docs`],
    ['console', door('console')],
  ].filter((row): row is [string, string] => row[1] !== undefined);
  terminal.line('');
  terminal.line(
    `${terminal.good('✓')} ${terminal.bold(topology.name)}: ${topology.nodes.length} nodes ready in ${(tookMs / 1000).toFixed(1)} s`,
  );
  terminal.line('');
  for (const [what, where] of rows) terminal.line(`  ${what.padEnd(12)} ${terminal.bold(where)}`);
  terminal.line('');
  terminal.line(terminal.dim('  Ctrl-C stops everything.'));
}

import type { Command } from 'commander';
import { withExamples } from '../command-line.ts';
import { startedNodes, type Topology } from '../../shared/cluster/topology.ts';
import type { Watchdog } from '../../shared/cluster/watchdog/watchdog.ts';
import { runCluster } from '../cluster.ts';
import { ensureData } from '../ensure-dataset.ts';
import { checkEnvironment } from '../environment.ts';
import { detachSelf } from '../detach.ts';
import { chaosWanted, tlsWanted, withClusterOptions, type ClusterFlags } from '../options.ts';
import { browserUrl, operatorTokenOf, showAddresses, warnWithoutMonitor } from '../addresses.ts';
import { dataDirOf } from '../paths.ts';
import { portBaseOf } from '../run-file.ts';
import { createTerminal, type Terminal } from '../terminal.ts';
import { topologyOf } from '../topology.ts';

interface UpFlags extends ClusterFlags {
  readonly topology: string;
  readonly detach?: true;
  readonly tls?: true;
  readonly chaos?: true;
}

export default function upCommand(command: Command): void {
  withExamples(
    withClusterOptions(command),
    ['up'],
    ['up --topology single-server --port-base 20000 --detach'],
    ['up --chaos'],
  )
    .option('-t, --topology <name>', 'a name in topologies/, or the path of a topology file', 'multitier')
    .option('-d, --detach', 'leave it running in the background')
    .option('--tls', 'mutual TLS between nodes')
    .option('--chaos', 'allow faults: "chaos inject" and the console can then break things')
    .action(runUp);
}

async function runUp(flags: UpFlags): Promise<void> {
  checkEnvironment(process.env);
  const terminal = createTerminal(process.stderr);
  const dataDir = dataDirOf(flags.data);
  const topology = await topologyOf(flags.topology, {
    portBase: portBaseOf(flags.portBase),
    tls: tlsWanted(flags.tls),
  });
  const chaos = chaosWanted(flags.chaos);
  if (flags.detach) return detachSelf(topology, dataDir, chaos, terminal);

  const startedAt = performance.now();
  const datasetDir = await ensureData(dataDir, topology.shards, terminal);
  const count = startedNodes(topology).length;
  let phase: 'starting' | 'running' | 'stopping' = 'starting';
  await runCluster(
    {
      topology,
      topologyName: flags.topology,
      nodes: topology.nodes,
      dataDir,
      datasetDir,
      bindHost: '127.0.0.1',
      chaos,
      onFault: (text) => terminal.line(`${terminal.dim('!')} ${text}`),
      onServing(watchdog) {
        const search = ['search works', browserUrl(topology, 'client')].filter(Boolean).join(' at ');
        terminal.line(
          `${terminal.good('✓')} ${search} after ${secondsSince(startedAt)} s; ` +
            `${readyOf(watchdog)} of ${count} nodes are ready, the others follow`,
        );
      },
      onChange(node, state, watchdog) {
        if (state.state === 'backoff' || state.state === 'crash-loop' || state.state === 'held') {
          const whats = {
            backoff: 'is started again',
            'crash-loop': 'keeps crashing, so it stays down',
            held: 'is kept down by a fault',
          };
          const what = whats[state.state];
          terminal.line(`${terminal.bad('✗')} ${node.id} ended (${state.exit}) and ${what}`);
        } else if (phase === 'starting' && state.state === 'ready')
          terminal.progress('starting nodes', readyOf(watchdog), count);
        else if (phase === 'running' && state.state === 'ready')
          terminal.line(`${terminal.good('✓')} ${node.id} is back`);
      },
    },
    () => {
      phase = 'running';
      announce(terminal, topology, operatorTokenOf(topology, dataDir, chaos), secondsSince(startedAt));
    },
    () => {
      phase = 'stopping';
      terminal.line('\nstopping ... (Ctrl-C again ends everything at once)');
    },
  );
  terminal.line('stopped; nothing is left running');
}

const secondsSince = (startedAt: number): string => ((performance.now() - startedAt) / 1_000).toFixed(1);

const readyOf = (watchdog: Watchdog): number => watchdog.status().filter(({ state }) => state === 'ready').length;

function announce(terminal: Terminal, topology: Topology, operatorToken: string | undefined, seconds: string): void {
  const count = startedNodes(topology).length;
  terminal.line('');
  terminal.line(
    `${terminal.good('✓')} ${terminal.bold(topology.name)}: ` +
      `${count} ${count === 1 ? 'node' : 'nodes'} ready in ${seconds} s`,
  );
  terminal.line('');
  showAddresses(topology, terminal, operatorToken);
  warnWithoutMonitor(topology, terminal);
  terminal.line(terminal.dim('\n  Ctrl-C stops everything.'));
}

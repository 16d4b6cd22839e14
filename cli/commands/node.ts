import type { Command } from 'commander';
import { withExamples } from '../command-line.ts';
import { runCluster } from '../cluster.ts';
import { ensureData } from '../ensure-dataset.ts';
import { operatorTokenOf, showAddresses } from '../addresses.ts';
import { checkEnvironment } from '../environment.ts';
import { UsageError } from '../errors.ts';
import { chaosWanted, withClusterOptions, type ClusterFlags } from '../options.ts';
import { dataDirOf } from '../paths.ts';
import { portBaseOf } from '../run-file.ts';
import { createTerminal } from '../terminal.ts';
import { topologyOf } from '../topology.ts';

interface NodeFlags extends ClusterFlags {
  readonly topology: string;
}

/** One node of a topology, alone on its machine: what a container runs. */
export default function nodeCommand(command: Command): void {
  withExamples(withClusterOptions(command), ['node ranking-2 --topology multitier'])
    .argument('<id>', 'the node, such as ranking-2')
    .option('-t, --topology <name>', 'a name in topologies/, or the path of a topology file', 'multitier')
    .addHelpText('after', '\nWith TIERLAB_HOSTS=by-name, the id of each node is also its host name, as in containers.')
    .action(runOne);
}

async function runOne(id: string, flags: NodeFlags): Promise<void> {
  checkEnvironment(process.env);
  const terminal = createTerminal(process.stderr);
  const dataDir = dataDirOf(flags.data);
  const byName = process.env.TIERLAB_HOSTS === 'by-name';
  const topology = await topologyOf(flags.topology, {
    portBase: portBaseOf(flags.portBase),
    hosts: byName ? 'by-name' : 'loopback',
  });
  if (topology.tls)
    throw new UsageError(
      `topology ${topology.name} wants TLS, for which all nodes need certificates of one authority. ` +
        'Only "up" has such an authority',
    );
  const wanted = topology.nodes.find((candidate) => candidate.id === id);
  if (!wanted)
    throw new UsageError(
      `topology ${topology.name} has no node ${id}; it has ${topology.nodes.map((it) => it.id).join(', ')}`,
    );
  const holdsData = wanted.components.includes('database');
  const datasetDir = holdsData ? await ensureData(dataDir, topology.shards, terminal, { verifiable: false }) : dataDir;
  const chaos = chaosWanted(undefined);
  await runCluster(
    {
      topology,
      topologyName: flags.topology,
      nodes: [wanted],
      dataDir,
      datasetDir,
      bindHost: byName ? '0.0.0.0' : '127.0.0.1',
      byContainer: byName,
      chaos,
      onFault: (text) => terminal.line(text),
      onChange: (it, state) => terminal.line(`${it.id} ${state.state}${'exit' in state ? ` (${state.exit})` : ''}`),
    },
    () => {
      terminal.line(`${id} is ready at port ${wanted.port}, ops port ${wanted.opsPort}`);
      showAddresses({ ...topology, nodes: [wanted] }, terminal, operatorTokenOf(topology, dataDir, chaos));
    },
    () => terminal.line(`stopping ${id}`),
  );
}

import type { Command } from 'commander';
import { withExamples } from '../command-line.ts';
import { CommandError } from '../errors.ts';
import { withClusterOptions, type ClusterFlags } from '../options.ts';
import { dataDirOf } from '../paths.ts';
import { portBaseOf, readRunFile } from '../run-file.ts';
import { waitUntil } from '../wait-until.ts';
import { askWatchdog } from '../watchdog-client.ts';

/** Long enough for every wave of nodes to drain, ms. */
const patienceMs = 60_000;

export function downCommand(command: Command): void {
  withExamples(withClusterOptions(command), ['down']).action(runDown);
}

async function runDown(flags: ClusterFlags): Promise<void> {
  const portBase = portBaseOf(flags.portBase);
  const dataDir = dataDirOf(flags.data);
  const run = readRunFile(dataDir, portBase);
  if (!run)
    throw new CommandError(
      `no cluster with the data folder ${dataDir} runs at port base ${portBase}; ` +
        '--data and --port-base name another cluster',
    );
  await askWatchdog(portBase, '/shutdown', { method: 'POST', token: run.token });
  const hasEnded = async () => readRunFile(dataDir, portBase)?.pid !== run.pid || undefined;
  const late = `process ${run.pid} has not ended in ${patienceMs / 1000} s`;
  await waitUntil(hasEnded, { boundMs: patienceMs, everyMs: 50, late });
  process.stderr.write(`${run.topology} is stopped\n`);
}

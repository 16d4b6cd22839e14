import type { Command } from 'commander';
import { holdersOf } from '../../shared/cluster/watchdog/port-check.ts';
import { withExamples } from '../command-line.ts';
import { CommandError } from '../errors.ts';
import { withClusterOptions, type ClusterFlags } from '../options.ts';
import { dataDirOf } from '../paths.ts';
import { portBaseOf, readRunFile } from '../run-file.ts';
import { waitUntil } from '../wait-until.ts';
import { askWatchdog, fetchStatus, isTierlab } from '../watchdog-client.ts';

/** Long enough for every wave of nodes to drain, ms. */
const patienceMs = 60_000;

export default function downCommand(command: Command): void {
  withExamples(withClusterOptions(command), ['down']).action(runDown);
}

async function runDown(flags: ClusterFlags): Promise<void> {
  const portBase = portBaseOf(flags.portBase);
  const dataDir = dataDirOf(flags.data);
  const run = readRunFile(dataDir, portBase);
  if (!run) throw await noRunFile(dataDir, portBase);
  await askWatchdog(portBase, '/shutdown', { method: 'POST', token: run.token });
  const hasEnded = async () => readRunFile(dataDir, portBase)?.pid !== run.pid || undefined;
  const late = `process ${run.pid} has not ended in ${patienceMs / 1000} s`;
  await waitUntil(hasEnded, { boundMs: patienceMs, everyMs: 50, late });
  process.stderr.write(`${run.topology} is stopped\n`);
}

/** Without the run file, there is no token for the order. But the owner of a process may end it by a signal. */
async function noRunFile(dataDir: string, portBase: number): Promise<CommandError> {
  const holder = (await holdersOf([portBase])).get(portBase);
  if (holder === undefined || !isTierlab(holder.command)) {
    // The system does not say which processes other users have.
    const status = await fetchStatus(portBase).catch(() => undefined);
    if (status !== undefined)
      return new CommandError(
        `the cluster at port base ${portBase} (${status.topology}) has no run file in the data folder ${dataDir} ` +
          'that this user may read. If it was started with another --data, add the same --data here. ' +
          'If another user started it, that user can stop it',
      );
    return new CommandError(
      `no cluster with the data folder ${dataDir} runs at port base ${portBase}; ` +
        '--data and --port-base choose another cluster',
    );
  }
  return new CommandError(
    `the cluster at port base ${portBase} (process ${holder.pid}) has no run file in the data folder ${dataDir}. ` +
      'If it was started with another --data, add the same --data here. ' +
      `If its folder was deleted, this stops it: kill ${holder.pid}`,
  );
}

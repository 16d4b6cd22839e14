import { spawn } from 'node:child_process';
import { CommandError } from '../../errors.ts';
import type { ClusterFlags } from '../../options.ts';
import { entryScript } from '../../paths.ts';
import { portBaseOf } from '../../run-file.ts';
import type { Terminal } from '../../terminal.ts';
import { fetchStatus } from '../../watchdog-client.ts';

/** The cluster that a run needs. */
export interface WantedCluster extends ClusterFlags {
  readonly topology: string;
}

/**
 * Uses the cluster that runs at the port base. If there is none, starts one that accepts faults, and stops it
 * afterwards.
 */
export async function withCluster<T>(flags: WantedCluster, terminal: Terminal, work: () => Promise<T>): Promise<T> {
  const running = await fetchStatus(portBaseOf(flags.portBase)).then(
    () => true,
    () => false,
  );
  if (running) return work();
  const common = [
    ...(flags.portBase === undefined ? [] : ['--port-base', String(flags.portBase)]),
    ...(flags.data === undefined ? [] : ['--data', flags.data]),
  ];
  terminal.line(`no cluster is running here: starting ${flags.topology} with --chaos for the time of this run`);
  await tierlab(['up', '--topology', flags.topology, '--chaos', '--detach', ...common]);
  try {
    return await work();
  } finally {
    await tierlab(['down', ...common]);
  }
}

async function tierlab(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [...process.execArgv, entryScript(), ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new CommandError(`"tierlab ${args[0]}" failed`);
}

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { tierlab } from './command-line.ts';
import type { Topology } from '../shared/cluster/topology.ts';
import { CommandError } from './errors.ts';
import { onInterrupt } from './interrupt.ts';
import { entryScript } from './paths.ts';
import { runDir } from './run-file.ts';
import { operatorTokenOf, showAddresses, warnWithoutMonitor } from './addresses.ts';
import type { Terminal } from './terminal.ts';
import { untilReady } from './until-ready.ts';
import { makeFolder } from '../shared/make-folder.ts';

/**
 * Runs this same command in the background, and waits until its cluster is ready or has failed. A signal during this
 * wait ends the cluster, too.
 */
export async function detachSelf(
  topology: Topology,
  dataDir: string,
  chaos: boolean,
  terminal: Terminal,
): Promise<void> {
  const dir = runDir(dataDir, topology.watchdogPort);
  makeFolder(dir, 0o700);
  // Several starts at one moment must not write into the same log, and a start that fails must keep the log of the
  // running cluster.
  const logFile = path.join(dir, `up-${process.pid}.log`);
  const log = openSync(logFile, 'w', 0o600);
  const args = process.argv.slice(2).filter((word) => word !== '--detach' && word !== '-d');
  const child = spawn(process.execPath, [...process.execArgv, entryScript(), ...args], {
    detached: true,
    stdio: ['ignore', log, log],
    // It outlives npm (shared/parent-watch.mjs).
    env: { ...process.env, TIERLAB_PARENT: undefined },
  });
  closeSync(log);
  await onInterrupt(async (signal) => {
    signal.addEventListener('abort', () => child.kill('SIGTERM'));
    const isReady = await untilReady(child, topology, dataDir, signal, (ready, wanted) =>
      terminal.progress('starting nodes', ready, wanted),
    );
    if (isReady) return;
    signal.throwIfAborted();
    throw new CommandError(`it did not start:\n${lastLines(readFileSync(logFile, 'utf8'))}`);
  }).catch((error: unknown) => {
    rmSync(logFile, { force: true });
    throw error;
  });
  renameSync(logFile, path.join(dir, 'up.log'));
  child.unref();
  terminal.line(`${terminal.good('✓')} ${topology.name} runs in the background (process ${child.pid})\n`);
  showAddresses(topology, terminal, operatorTokenOf(topology, dataDir, chaos));
  warnWithoutMonitor(topology, terminal);
  terminal.line(terminal.dim(`\n  This stops it: ${tierlab('down', { portBase: topology.watchdogPort, dataDir })}`));
}

const lastLines = (text: string): string => text.trim().split('\n').slice(-5).join('\n');

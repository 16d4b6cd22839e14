import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { tierlab } from './command-line.ts';
import { startedNodes, type Topology } from '../shared/cluster/topology.ts';
import { systemScheduler, sleep } from '../shared/time/scheduler.ts';
import { CommandError } from './errors.ts';
import { onInterrupt } from './interrupt.ts';
import { entryScript } from './paths.ts';
import { readRunFile, runDir } from './run-file.ts';
import { operatorTokenOf, showAddresses, warnWithoutMonitor } from './addresses.ts';
import type { Terminal } from './terminal.ts';
import { fetchStatus } from './watchdog-client.ts';
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
  const logFile = path.join(dir, 'up.log');
  const log = openSync(logFile, 'w', 0o600);
  const args = process.argv.slice(2).filter((word) => word !== '--detach' && word !== '-d');
  const child = spawn(process.execPath, [...process.execArgv, entryScript(), ...args], {
    detached: true,
    stdio: ['ignore', log, log],
    // It outlives npm (shared/parent-watch.mjs).
    env: { ...process.env, TIERLAB_PARENT: undefined },
  });
  closeSync(log);
  const wanted = startedNodes(topology).length;
  let exited = false;
  child.once('exit', () => (exited = true));
  await onInterrupt(async (signal) => {
    signal.addEventListener('abort', () => child.kill('SIGTERM'));
    for (;;) {
      if (exited) {
        signal.throwIfAborted();
        throw new CommandError(`it did not start:\n${lastLines(readFileSync(logFile, 'utf8'))}`);
      }
      const nodes =
        readRunFile(dataDir, topology.watchdogPort)?.pid === child.pid
          ? await fetchStatus(topology.watchdogPort).catch(() => undefined)
          : undefined;
      const ready = nodes?.nodes.filter((node) => node.state === 'ready').length ?? 0;
      if (nodes && ready > 0) terminal.progress('starting nodes', ready, wanted);
      // A cluster that was told to stop may still be ready.
      if (ready === wanted && !signal.aborted) break;
      await sleep(systemScheduler, 50);
    }
  });
  child.unref();
  terminal.line(`${terminal.good('✓')} ${topology.name} runs in the background (process ${child.pid})\n`);
  showAddresses(topology, terminal, operatorTokenOf(topology, dataDir, chaos));
  warnWithoutMonitor(topology, terminal);
  terminal.line(terminal.dim(`\n  This stops it: ${tierlab('down', { portBase: topology.watchdogPort, dataDir })}`));
}

const lastLines = (text: string): string => text.trim().split('\n').slice(-5).join('\n');

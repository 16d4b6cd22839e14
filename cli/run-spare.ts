import { closeSync, openSync } from 'node:fs';
import { loadComponents } from '../services/registry.ts';
import type { NodeStart } from '../shared/cluster/watchdog/spare.ts';
import { ignoreTerminalSignals } from '../shared/end-signals.ts';
import { systemClock } from '../shared/time/clock.ts';
import { systemRandom } from '../shared/time/random.ts';
import { systemScheduler } from '../shared/time/scheduler.ts';
import { collectWhenIdle } from './idle-collection.ts';
import { runNode } from './run-node.ts';

/**
 * A spare process: it loads the code of every node and opens nothing. Its watchdog tells it over IPC which node it
 * becomes (shared/cluster/watchdog/spare.ts). Resolves when this node runs.
 */
export async function runSpare(): Promise<void> {
  const leave = (): void => process.exit(0);
  process.on('SIGTERM', leave).on('disconnect', leave);
  ignoreTerminalSignals();
  await Promise.all([loadComponents(), import('../shared/cluster/door.ts'), import('../shared/faults/node-faults.ts')]);
  const collection = collectWhenIdle({ scheduler: systemScheduler, random: systemRandom, clock: systemClock });
  await new Promise((resolve, reject) => {
    process.on('message', function onMessage({ become }: { become?: NodeStart }) {
      if (!become) return;
      process.off('message', onMessage).off('SIGTERM', leave).off('disconnect', leave);
      collection.cancel();
      takeOn(become);
      // At once, without a wait: the next message may be for the node, and a message without a listener is lost.
      runNode(become.args).then(resolve, reject);
    });
    process.send?.({ spare: true });
  });
}

function takeOn({ args, env, logFile }: NodeStart): void {
  for (const [name, value] of Object.entries(env))
    if (value === null) delete process.env[name];
    else process.env[name] = value;
  // What `ps` shows; the system cuts it to the length of the first command line.
  process.title = `tierlab run-node ${args[0]}`;
  for (const output of [1, 2]) {
    // A file that is opened gets the lowest free descriptor: the one that was closed just now.
    closeSync(output);
    openLog(logFile);
  }
}

/** A node without a log is better than no node: if the file cannot be made, as on a full disk, it runs without one. */
function openLog(file: string): void {
  try {
    openSync(file, 'a');
  } catch {
    openSync('/dev/null', 'a');
  }
}

import { isAlive } from '../../shared/is-alive.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { endLeftCluster } from '../kit/cluster.ts';
import { LabUsageError } from '../runner/errors.ts';
import type { Home } from '../runner/home.ts';
import { readJournal, removeJournal } from '../runner/journal.ts';

/** Cleans up after a runner that was killed: no process, port or fault is left, and the lab can start again. */
export async function restore(home: Home, terminal: Terminal): Promise<void> {
  const left = readJournal(home);
  if (!left) return terminal.line('nothing is left to restore');
  if (isAlive(left.runner))
    throw new LabUsageError(`lab ${left.lab} is running in process ${left.runner}; Ctrl-C there stops it`);
  // A fault lives in a process of the cluster, and ends with it.
  if (left.cluster) await endLeftCluster(left.cluster);
  removeJournal(home);
  terminal.line(`lab ${left.lab} had been killed in its phase "${left.phase}"; nothing of it is left`);
  terminal.line(`Start it again: npm run lab -- ${left.lab}`);
}

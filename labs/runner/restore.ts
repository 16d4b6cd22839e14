import { undoLeft } from '../kit/attached-cluster.ts';
import { endLeftCluster } from '../kit/cluster.ts';
import { LabUsageError } from './errors.ts';
import type { Home } from './home.ts';
import { isRunning, readLabJournal, removeJournal, type LabJournalEntry } from './journal.ts';

/**
 * Cleans up after a runner that was killed: no process, port or fault is left, and the lab can start again. Resolves
 * with what was left; undefined when nothing was.
 */
export async function restoreLeft(home: Home): Promise<LabJournalEntry | undefined> {
  const left = readLabJournal(home);
  if (!left) return undefined;
  if (isRunning(left, home))
    throw new LabUsageError(`lab ${left.lab} is running in process ${left.runner}; Ctrl-C there stops it`);
  // A fault lives in a process of the cluster, and ends with it.
  if (left.cluster) await endLeftCluster(left.cluster);
  if (left.attached) await undoLeft(left.attached.changes, left.attached.place);
  removeJournal(home);
  return left;
}

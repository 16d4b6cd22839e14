import { existsSync } from 'node:fs';
import { journalFileIn, journalLines } from '../services/chaos/journal-file.ts';
import { parseLine, type JournalEntry } from '../services/chaos/journal.ts';
import type { ClusterFlags } from './options.ts';
import { dataDirOf } from './paths.ts';
import { portBaseOf, runDir } from './run-file.ts';
import { askPort, fetchStatus } from './watchdog-client.ts';

/**
 * The entries of the injector's journal, oldest first, and their place: `file`, or the controller's node if this node
 * is in another container.
 */
export async function readChaosJournal(
  flags: ClusterFlags,
  file = journalFileIn(runDir(dataDirOf(flags.data), portBaseOf(flags.portBase))),
): Promise<{ readonly entries: readonly JournalEntry[]; readonly source: string }> {
  if (!existsSync(file) && process.env.TIERLAB_HOSTS === 'by-name') {
    const { nodes } = await fetchStatus(portBaseOf(flags.portBase));
    const host = nodes.find(({ components }) => components.includes('chaos'));
    if (host) {
      const entries = await askPort({ host: host.host, port: host.publicPort }, '/api/chaos/journal');
      return { entries: entries as JournalEntry[], source: `the journal of ${host.id}` };
    }
  }
  return {
    entries: journalLines(file).flatMap((line) => parseLine(line) ?? []),
    source: `${file} ("load --journal FILE" shows these faults in the report of a run)`,
  };
}

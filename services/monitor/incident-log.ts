import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { diskProblem } from '../../shared/disk-problem.ts';
import type { Incident } from './incident.ts';
import type { Promotion } from '../../shared/membership/view.ts';
import { makeFolder } from '../../shared/make-folder.ts';

/** One line of the file. The first one is the header; of several lines about one incident the last one counts. */
type Line =
  | { readonly cluster: string; readonly since: number }
  | { readonly incident: Incident }
  | { readonly promotion: Promotion };

export interface IncidentLog {
  /** When the watching began, wall-clock ms. */
  readonly since: number;
  /** Every incident that began after this is in the log; older ones may have been dropped. Wall-clock ms. */
  readonly completeSince: number;
  readonly incidents: () => readonly Incident[];
  readonly promotions: readonly Promotion[];
  readonly note: (incident: Incident) => void;
  readonly promoted: (promotion: Promotion) => void;
}

/** The number of incidents that are kept. Older ones are dropped. */
const maxIncidents = 1_000;
/** After this many lines the file is written again, with only the lines that still count. */
const maxLines = 5 * maxIncidents;

/**
 * Incidents and promotions as JSON lines in `dir`, so that they outlive a restart of the monitor. They belong to one
 * life of the cluster (`cluster`: when it was started); those of an earlier life are deleted. Without a folder they
 * last as long as the process.
 */
export function openIncidentLog(
  dir: string | undefined,
  cluster: string,
  now: number,
  onTrouble: (text: string) => void = () => undefined,
): IncidentLog {
  const file = dir === undefined ? undefined : path.join(dir, 'incidents.jsonl');
  const lines = file === undefined ? [] : readLines(file);
  const [header] = lines;
  const mine = header !== undefined && 'cluster' in header && header.cluster === cluster ? lines : [];
  const since = mine.length > 0 ? (header as { since: number }).since : now;
  const incidents = new Map<string, Incident>();
  const promotions: Promotion[] = [];
  let written = 0;
  let behind = false;
  let completeSince = since;

  function remember(incident: Incident): void {
    incidents.delete(incident.id);
    incidents.set(incident.id, incident);
    if (incidents.size <= maxIncidents) return;
    const [oldest] = incidents.values();
    incidents.delete(oldest!.id);
    const { steady, fix, detect } = oldest!.stamps;
    completeSince = Math.max(completeSince, steady ?? fix ?? detect);
  }

  function rewrite(): void {
    if (file === undefined) return;
    const all: Line[] = [
      { cluster, since },
      ...promotions.map((promotion) => ({ promotion })),
      ...[...incidents.values()].map((incident) => ({ incident })),
    ];
    makeFolder(path.dirname(file));
    try {
      writeFileSync(`${file}.new`, all.map((line) => `${JSON.stringify(line)}\n`).join(''));
    } catch (error) {
      rmSync(`${file}.new`, { force: true });
      throw error;
    }
    renameSync(`${file}.new`, file);
    written = all.length;
  }

  function append(line: Line): void {
    if (file === undefined) return;
    safely(() => {
      // Somebody may have deleted the folder, to simulate an empty disk.
      if (behind || ++written > maxLines || !existsSync(file)) rewrite();
      else appendFileSync(file, `${JSON.stringify(line)}\n`);
    });
  }

  /**
   * A full disk is no reason to stop watching. The log is also in memory, and it is written when the disk has room
   * again.
   */
  function safely(write: () => void): void {
    try {
      write();
      behind = false;
    } catch (error) {
      const problem = diskProblem(error, dir!);
      if (problem === undefined) throw error;
      if (!behind) onTrouble(`${problem}: incidents are kept in memory until it can be written`);
      behind = true;
    }
  }

  for (const line of mine) {
    if ('incident' in line) remember(line.incident);
    if ('promotion' in line) promotions.push(line.promotion);
  }
  safely(rewrite);
  return {
    get completeSince() {
      return completeSince;
    },
    since,
    incidents: () => [...incidents.values()],
    promotions,
    note(incident) {
      remember(incident);
      append({ incident });
    },
    promoted(promotion) {
      promotions.push(promotion);
      append({ promotion });
    },
  };
}

/** A line that a crash cut off is left out. */
function readLines(file: string): Line[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text) => {
      try {
        return [JSON.parse(text) as Line];
      } catch {
        return [];
      }
    });
}

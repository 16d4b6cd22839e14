import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Incident } from './incident.ts';
import type { Promotion } from '../../shared/membership/view.ts';

/** One line of the file. The first one is the header; of several lines about one incident the last one counts. */
type Line =
  | { readonly cluster: string; readonly since: number }
  | { readonly incident: Incident }
  | { readonly promotion: Promotion };

export interface IncidentLog {
  /** When the watching began, wall-clock ms. */
  readonly since: number;
  readonly incidents: () => readonly Incident[];
  readonly promotions: readonly Promotion[];
  readonly note: (incident: Incident) => void;
  readonly promoted: (promotion: Promotion) => void;
}

/** Incidents that are kept; the oldest go first. */
const maxIncidents = 1_000;
/** Lines after which the file is written anew with what still counts. */
const maxLines = 5 * maxIncidents;

/**
 * The monitor's memory, as JSON lines in `dir`, so that its restart keeps the books. They are those of one life of the cluster
 * (`cluster`: when it was started); of an earlier one they are thrown away. Without a folder they last as long as the process.
 */
export function openIncidentLog(dir: string | undefined, cluster: string, now: number): IncidentLog {
  const file = dir === undefined ? undefined : path.join(dir, 'incidents.jsonl');
  const lines = file === undefined ? [] : readLines(file);
  const [header] = lines;
  const mine = header !== undefined && 'cluster' in header && header.cluster === cluster ? lines : [];
  const since = mine.length > 0 ? (header as { since: number }).since : now;
  const incidents = new Map<string, Incident>();
  const promotions: Promotion[] = [];
  let written = 0;

  function remember(incident: Incident): void {
    incidents.delete(incident.id);
    incidents.set(incident.id, incident);
    if (incidents.size > maxIncidents) incidents.delete(incidents.keys().next().value!);
  }

  function rewrite(): void {
    if (file === undefined) return;
    const all: Line[] = [
      { cluster, since },
      ...promotions.map((promotion) => ({ promotion })),
      ...[...incidents.values()].map((incident) => ({ incident })),
    ];
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, all.map((line) => `${JSON.stringify(line)}\n`).join(''));
    renameSync(`${file}.new`, file);
    written = all.length;
  }

  function append(line: Line): void {
    if (file === undefined) return;
    // Whoever simulates an empty disk may have taken the folder away.
    if (++written > maxLines || !existsSync(file)) rewrite();
    else appendFileSync(file, `${JSON.stringify(line)}\n`);
  }

  for (const line of mine) {
    if ('incident' in line) remember(line.incident);
    if ('promotion' in line) promotions.push(line.promotion);
  }
  rewrite();
  return {
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

import type { Incident } from '../services/monitor/incident.ts';

/** What one monitor tells of its books. */
export interface Told {
  readonly monitor: string;
  /** When the watching began, and now; wall-clock ms. */
  readonly since: number;
  readonly at: number;
  readonly incidents: readonly Incident[];
}

/** What is worth a line: about the telling itself, and the incidents that changed. */
export interface News {
  readonly notes: readonly string[];
  readonly incidents: readonly Incident[];
}

/**
 * Finds what is new each time that the books are read. Every monitor has books of its own, with other times of the
 * same incident: when another one tells, what was over before is not told again.
 */
export function createIncidentChanges() {
  const seen = new Map<string, string>();
  let last: Told | undefined;
  let silent = false;

  return {
    read(told: Told): News {
      const before = last;
      const notes = notesOn(told, before, silent);
      last = told;
      silent = false;
      if (before && begunAnew(told, before)) seen.clear();
      else if (before && told.monitor !== before.monitor)
        for (const it of told.incidents) if ((it.stamps.steady ?? Infinity) <= before.at) seen.set(it.id, stateOf(it));
      const incidents = told.incidents.filter((it) => seen.get(it.id) !== stateOf(it));
      for (const it of incidents) seen.set(it.id, stateOf(it));
      return { notes, incidents };
    },
    /** Nobody told anything, for this reason: said once. */
    missed(reason: string): readonly string[] {
      const notes = silent ? [] : [`${reason}; waiting`];
      silent = true;
      return notes;
    },
  };
}

/**
 * Each monitor begins its books a moment after the cluster starts: in one life of it, not after any of them has told
 * something.
 */
const begunAnew = ({ since }: Told, before: Told): boolean => since > before.at;

function notesOn(told: Told, before: Told | undefined, silent: boolean): string[] {
  const { monitor } = told;
  if (!before) return [`as ${monitor} sees it; Ctrl-C ends this`];
  if (begunAnew(told, before)) return [`another life of the cluster, as ${monitor} sees it: its books begin anew`];
  if (monitor !== before.monitor)
    return [`${before.monitor} does not answer: from here on as ${monitor} saw it, in its own times`];
  return silent ? [`${monitor} answers again`] : [];
}

const stateOf = ({ outcome, verdict, stamps, orders }: Incident): string =>
  `${outcome} ${verdict} ${stamps.fix} ${orders.length}`;

import type { Incident } from '../services/monitor/incident.ts';

/** The incident log of one monitor. */
export interface IncidentReport {
  readonly monitor: string;
  /** When the log began, and now; wall-clock ms. */
  readonly since: number;
  readonly at: number;
  readonly incidents: readonly Incident[];
}

/** The news to print: about the answering monitor, and the incidents that changed. */
export interface IncidentChanges {
  readonly notes: readonly string[];
  readonly incidents: readonly Incident[];
}

/**
 * Finds the news each time that an incident log is read. Every monitor keeps its own log, with its own times of the
 * same incident. So when another monitor answers, incidents that had ended before are not shown again.
 */
export function createIncidentChanges() {
  const seen = new Map<string, string>();
  let last: IncidentReport | undefined;
  let silent = false;

  return {
    read(report: IncidentReport): IncidentChanges {
      const before = last;
      const notes = notesOn(report, before, silent);
      last = report;
      silent = false;
      if (before && isNewLog(report, before)) seen.clear();
      else if (before && report.monitor !== before.monitor)
        for (const it of report.incidents)
          if ((it.stamps.steady ?? Infinity) <= before.at) seen.set(it.id, stateOf(it));
      const incidents = report.incidents.filter((it) => seen.get(it.id) !== stateOf(it));
      for (const it of incidents) seen.set(it.id, stateOf(it));
      return { notes, incidents };
    },
    /** No monitor answered. Returns the reason, but only the first time in a row. */
    missed(reason: string): readonly string[] {
      const notes = silent ? [] : [`${reason}; waiting`];
      silent = true;
      return notes;
    },
  };
}

/**
 * Each monitor begins its log a moment after the cluster starts. So if a log began after an earlier answer, the cluster
 * was started again in between.
 */
const isNewLog = ({ since }: IncidentReport, before: IncidentReport): boolean => since > before.at;

function notesOn(report: IncidentReport, before: IncidentReport | undefined, silent: boolean): string[] {
  const { monitor } = report;
  if (!before) return [`incidents as ${monitor} sees them; press Ctrl-C to stop`];
  if (isNewLog(report, before))
    return [`the cluster was started again, as ${monitor} sees it: the incident log is a new one`];
  if (monitor !== before.monitor)
    return [`${before.monitor} does not answer: from here on, ${monitor} answers, with the times that it saw`];
  return silent ? [`${monitor} answers again`] : [];
}

const stateOf = ({ outcome, verdict, stamps, orders }: Incident): string =>
  `${outcome} ${verdict} ${stamps.fix} ${orders.length}`;

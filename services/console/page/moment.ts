import type { Incident } from '../../monitor/incident.ts';
import type { About } from '../about.ts';
import type { Snapshot } from '../live/snapshot.ts';
import type { ConsoleState } from './store.ts';

/** Everything that the page shows at one moment: now, or the moment that the scrubber shows. */
export interface Moment {
  readonly about: About;
  readonly now: Snapshot;
  readonly live: boolean;
  /** All snapshots that the page has, oldest first. */
  readonly all: readonly Snapshot[];
  /** The snapshots up to this moment. */
  readonly past: readonly Snapshot[];
  /** The incidents as they were known at this moment, newest first. */
  readonly incidents: readonly Incident[];
}

/** Pure: the moment at the cursor; undefined until there is a snapshot. */
export function momentOf({ about, snapshots, incidents, cursor }: ConsoleState): Moment | undefined {
  const live = cursor === undefined;
  const past = live ? snapshots : snapshots.filter(({ at }) => at <= cursor);
  const now = past.at(-1) ?? snapshots[0];
  if (!about || !now) return undefined;
  const known = live ? incidents : incidents.flatMap((incident) => asOf(incident, now.at) ?? []);
  return {
    about,
    now,
    live,
    all: snapshots,
    past: past.length > 0 ? past : [now],
    incidents: known
      .filter(({ outcome }) => outcome !== 'doubt')
      .toSorted((a, b) => b.stamps.manifest - a.stamps.manifest),
  };
}

/** Pure: an incident as it was known at `at`; undefined if it was not yet known. */
export function asOf(incident: Incident, at: number): Incident | undefined {
  const { stamps, verdict, outcome, orders, ...rest } = incident;
  const { manifest, detect, diagnose, fix, steady } = stamps;
  if (detect > at) return undefined;
  const isDiagnosed = diagnose !== undefined && diagnose <= at;
  const endedAt = steady ?? fix ?? Infinity;
  return {
    ...rest,
    stamps: {
      manifest,
      detect,
      ...(isDiagnosed && { diagnose }),
      ...(fix !== undefined && fix <= at && { fix }),
      ...(steady !== undefined && steady <= at && { steady }),
    },
    outcome: endedAt <= at ? outcome : 'open',
    ...(isDiagnosed && verdict !== undefined && { verdict }),
    orders: orders.filter((order) => order.at <= at),
  };
}

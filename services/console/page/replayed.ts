import type { Incident } from '../../monitor/incident.ts';
import type { Snapshot } from '../live/snapshot.ts';

/** A part of the past that is played. */
export interface Replayed {
  /** The moment where it begins, ms. */
  readonly from: number;
  /** The moment where it ends and the page is live again, ms. */
  readonly until: number;
  /** So many seconds of the past pass in each second. */
  readonly speed: number;
}

/** An incident is shown from so long before it began until so long after it ended, ms. */
const marginMs = 3_000;

/** The longest time that a replay of an incident takes, ms. */
const longestMs = 20_000;

/** Pure: the part of the past that shows an incident; undefined if the page no longer has its moments. */
export function replayOf({ stamps }: Incident, snapshots: readonly Snapshot[]): Replayed | undefined {
  const [first, last] = [snapshots[0]?.at ?? Infinity, snapshots.at(-1)?.at ?? -Infinity];
  const end = stamps.steady ?? stamps.fix ?? last;
  if (end < first) return undefined;
  const from = Math.max(first, stamps.manifest - marginMs);
  const until = end + marginMs;
  return { from, until, speed: Math.max(1, (until - from) / longestMs) };
}

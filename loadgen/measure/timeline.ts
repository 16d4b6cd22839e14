import { addTo, timelineBucket, mergeInto } from './buckets.ts';
import type { Buckets } from './buckets.ts';

const tickCounts = ['asked', 'sent', 'done', 'right', 'wrong', 'errors', 'good'] as const;

/** `good`: right answers within the SLO. */
export type TickCount = (typeof tickCounts)[number];

/**
 * The events of one tick. asked, latency: by the intended time; sent: by the time of sending; the rest: by the time
 * when the answer was complete.
 */
export interface TickRow extends Record<TickCount, number> {
  /** Latency from the intended time of all requests due in this tick. */
  latency: Buckets;
  /** Highest number in flight in the tick; the numbers of the workers are added up. */
  inFlight: number;
}

/**
 * The ticks of a run that are not empty. A worker fills its timeline and sends the changes (`drain`); the controller
 * adds them up.
 */
export interface Timeline {
  readonly rows: Map<number, TickRow>;
  count(atMs: number, what: TickCount, by?: number): void;
  latency(intendedMs: number, latencyMs: number): void;
  inFlight(atMs: number, inFlight: number): void;
  merge(rows: Iterable<readonly [number, TickRow]>): void;
  /** The rows since the last drain; they are removed here. */
  drain(): [number, TickRow][];
}

export function emptyRow(): TickRow {
  return { asked: 0, sent: 0, done: 0, right: 0, wrong: 0, errors: 0, good: 0, latency: new Map(), inFlight: 0 };
}

export function addRow(into: TickRow, from: TickRow): void {
  for (const count of tickCounts) into[count] += from[count];
  into.inFlight = Math.max(into.inFlight, from.inFlight);
  mergeInto(into.latency, from.latency);
}

/**
 * The finest tick of at least 100 ms that divides a run into at most 300 ticks: this limits the timeline for any
 * duration.
 */
export function tickFor(durationMs: number): number {
  return (
    [100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000].find((tick) => durationMs / tick <= 300) ??
    durationMs / 300
  );
}

export function timeline(tickMs: number): Timeline {
  let rows = new Map<number, TickRow>();
  function rowAt(atMs: number): TickRow {
    const tick = Math.max(0, Math.floor(atMs / tickMs));
    let row = rows.get(tick);
    if (!row) rows.set(tick, (row = emptyRow()));
    return row;
  }
  return {
    get rows() {
      return rows;
    },
    count: (atMs, what, by = 1) => void (rowAt(atMs)[what] += by),
    latency: (intendedMs, latencyMs) => addTo(rowAt(intendedMs).latency, timelineBucket(latencyMs)),
    inFlight(atMs, inFlight) {
      const row = rowAt(atMs);
      if (inFlight > row.inFlight) row.inFlight = inFlight;
    },
    merge(more) {
      for (const [tick, row] of more) addRow(rowAt(tick * tickMs + tickMs / 2), row);
    },
    drain() {
      const drained = [...rows];
      rows = new Map();
      return drained;
    },
  };
}

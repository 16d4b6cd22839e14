/** How many snapshots the console and each page keep: 15 minutes at one a second; more where no page was open. */
export const kept = 900;

/** One snapshot as JSON, made once for all readers. */
export interface Entry {
  readonly number: number;
  readonly json: string;
}

/** The last snapshots. Memory is bounded: a new one takes the place of the oldest. */
export function createHistory(capacity = kept) {
  const ring: Entry[] = [];
  let next = 0;
  return {
    add(entry: Entry): void {
      ring[next] = entry;
      next = (next + 1) % capacity;
    },
    /** Oldest first; only those after `number`. */
    after(number: number): readonly Entry[] {
      return [...ring.slice(next), ...ring.slice(0, next)].filter((entry) => entry.number > number);
    },
  };
}

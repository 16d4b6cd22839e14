/**
 * The standing of a replica with this node: whether it is out of the choice, and since when it has been in it. Written
 * by this file only.
 */
export interface Ejection {
  /** Not before then is it chosen again (ms on the clock); 0 = never ejected. */
  readonly until: number;
  /** When it was first seen, or is back from ejection: slow start counts from here. */
  readonly admittedAt: number;
  /** How often it was ejected lately: makes the next ejection longer, and wears off. */
  readonly count: number;
  /** Since when `count` is what it is. */
  readonly countedAt: number;
}

type Writable = { -readonly [Key in keyof Ejection]: Ejection[Key] };

export const neverEjected = (now: number): Ejection => ({ until: 0, admittedAt: now, count: 0, countedAt: now });

/** Out of the choice until then. What others hold against the replica counts from its return on (`admittedAt`). */
export function eject(ejection: Ejection, until: number): void {
  const writable: Writable = ejection;
  writable.until = until;
  writable.admittedAt = until;
  writable.count++;
  writable.countedAt = until;
}

/** One ejection is forgotten. The replica has been at work all the time, so its slow start does not begin anew. */
export function forgive(ejection: Ejection, now: number): void {
  const writable: Writable = ejection;
  writable.count--;
  writable.countedAt = now;
}

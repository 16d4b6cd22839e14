/**
 * The state of one replica for this node: whether `balance` may choose it, and since when. Only this file writes it.
 */
export interface Ejection {
  /** The replica may be chosen again from this time on (ms on the clock); 0 = never ejected. */
  readonly until: number;
  /** When this node first saw the replica, or when its last ejection ended. Slow start counts from here. */
  readonly admittedAt: number;
  /** How many recent ejections there were. Each makes the next ejection longer; they are forgotten one by one. */
  readonly count: number;
  /** When `count` last changed: the end of the last ejection, or the time when one was forgotten. */
  readonly countedAt: number;
}

type Writable = { -readonly [Key in keyof Ejection]: Ejection[Key] };

export const neverEjected = (now: number): Ejection => ({ until: 0, admittedAt: now, count: 0, countedAt: now });

/** Ejects the replica until the given time. Only evidence from after its return (`admittedAt`) counts against it. */
export function eject(ejection: Ejection, until: number): void {
  const writable: Writable = ejection;
  writable.until = until;
  writable.admittedAt = until;
  writable.count++;
  writable.countedAt = until;
}

/** Forgets one ejection. The replica was in use all the time, so its slow start does not begin again. */
export function forgive(ejection: Ejection, now: number): void {
  const writable: Writable = ejection;
  writable.count--;
  writable.countedAt = now;
}

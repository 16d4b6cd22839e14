import { systemClock } from '../time/clock.ts';

/** Keeps this thread busy for `busyMs` of real time. Only for real time: in virtual time it would never end. */
export function burn(busyMs: number): void {
  const until = systemClock.now() + busyMs;
  while (systemClock.now() < until);
}

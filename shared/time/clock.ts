/**
 * Time as a parameter: nothing outside the process edge reads a clock by itself, so everything also runs in the
 * simulator.
 */
export interface Clock {
  /** Monotonic time in ms since an arbitrary origin; never goes back. For durations, timeouts and deadlines. */
  now(): number;
  /** Wall-clock time in ms since 1970-01-01 UTC; may jump. For display and logs only: nothing safe depends on it. */
  wall(): number;
}

/** One moment, on the wall clock and on the machine's monotonic clock, which all processes of the machine share; ms. */
export interface ClockOrigin {
  readonly wallMs: number;
  readonly machineMs: number;
}

/**
 * CLOCK_MONOTONIC: counts from the start of the machine, never jumps, and stands still while the machine is suspended.
 */
const machineNow = (): number => Number(process.hrtime.bigint()) / 1e6;

export const clockOrigin = (): ClockOrigin => ({ wallMs: Date.now(), machineMs: machineNow() });

/**
 * The clocks of one run of a cluster. Its wall time is the real one at `origin`, carried on by the machine's monotonic
 * clock: somebody who sets the system's clock changes neither the order nor the distance of two stamps. Processes with
 * one origin agree, whenever they start.
 */
export function runClock({ wallMs, machineMs }: ClockOrigin): Clock {
  const offsetMs = wallMs - machineMs + machineNow() - performance.now();
  return { now: () => performance.now(), wall: () => Math.round(performance.now() + offsetMs) };
}

/**
 * `clock`, with a wall clock that is read once and then follows `now`: stamps of one owner stay in order, even under
 * `clock.skew`.
 */
export function steady(clock: Clock): Clock {
  const offsetMs = clock.wall() - clock.now();
  return { now: () => clock.now(), wall: () => Math.round(clock.now() + offsetMs) };
}

/** The operating system's clocks. Used at the process edge only. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
};

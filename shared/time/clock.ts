/** Time as a parameter. Only the process edge reads a real clock, so all other code also runs in the simulator. */
export interface Clock {
  /** Monotonic time in ms since an arbitrary origin; never goes back. For durations, timeouts and deadlines. */
  now(): number;
  /** Wall-clock time in ms since 1970-01-01 UTC; may jump. For display and logs only: no decision may depend on it. */
  wall(): number;
}

/** One moment, on the wall clock and on the machine's monotonic clock, which all processes of the machine share; ms. */
export interface ClockOrigin {
  readonly wallMs: number;
  readonly machineMs: number;
}

/** CLOCK_MONOTONIC counts from the start of the machine and never jumps. It stops while the machine is suspended. */
export const machineNow = (): number => Number(process.hrtime.bigint()) / 1e6;

export const clockOrigin = (): ClockOrigin => ({ wallMs: Date.now(), machineMs: machineNow() });

/**
 * The clocks of one run of a cluster. Its wall time starts at the real time of `origin` and follows the machine's
 * monotonic clock from there. A change of the system's clock therefore changes neither the order nor the distance of
 * two timestamps. Processes with the same origin agree, whenever they start.
 */
export function runClock({ wallMs, machineMs }: ClockOrigin): Clock {
  const offsetMs = wallMs - machineMs + machineNow() - performance.now();
  return { now: () => performance.now(), wall: () => Math.round(performance.now() + offsetMs) };
}

/**
 * `clock` with a wall clock that is read once and then follows `now`. The timestamps of one owner stay in order, even
 * under `clock.skew`.
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

/** Time as a parameter: nothing outside the process edge reads a clock by itself, so everything also runs in the simulator. */
export interface Clock {
  /** Monotonic time in ms since an arbitrary origin; never goes back. For durations, timeouts and deadlines. */
  now(): number;
  /** Wall-clock time in ms since 1970-01-01 UTC; may jump. For display and logs only: nothing safe depends on it. */
  wall(): number;
}

/** The operating system's clocks. Used at the process edge only. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
};

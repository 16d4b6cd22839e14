/** `06:37:47` in the time zone of this machine. `at`: wall-clock ms. */
export const clockTime = (at: number): string => new Date(at).toTimeString().slice(0, 8);

/** `06:37:47.075`. */
export const exactTime = (at: number): string =>
  `${clockTime(at)}.${String(new Date(at).getMilliseconds()).padStart(3, '0')}`;

/**
 * A whole number: 117791 -> 117,791. Without Intl, whose first formatter costs every process 24 ms of processor time as
 * it starts.
 */
export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/gu, ',');
}

/** One thing, two things: `counted(1, 'page', 'pages')` -> 1 page. */
export function counted(count: number, one: string, many: string): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** A duration as people read it: 0.42 ms, 7.3 ms, 123 ms, 1.2 s. */
export function preciseDuration(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${ms >= 100 ? ms.toFixed(0) : ms.toFixed(ms >= 1 ? 1 : 2)} ms`;
}

/** An amount of data: 512 B, 3.4 kB, 1.2 MB, 5.0 GB. */
export function bytes(count: number): string {
  for (const [unit, size] of [
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const)
    if (count >= size) return `${(count / size).toFixed(1)} ${unit}`;
  return `${count} B`;
}

/** At most two digits after the point: 2, 1.33. */
export const shortNumber = (value: number): string => String(Math.round(value * 100) / 100);

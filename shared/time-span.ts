/** A time span for people: `0.42 s`, `12.3 s`, `4 min 10 s`, `2 h 5 min`; `-` for none. */
export function timeSpan(ms: number | undefined): string {
  if (ms === undefined) return '-';
  const seconds = ms / 1_000;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

import type { CallTraffic } from '../live/snapshot.ts';

/** A rate for people: 0, 0.4, 12, 1.2k a second. */
export function rate(value: number): string {
  if (value >= 1_000) return `${Number((value / 1_000).toPrecision(2))}k/s`;
  return `${value >= 10 ? Math.round(value) : Number(value.toFixed(1))}/s`;
}

/** A share for people: 97.5%, and 99.99% where a little is missing. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value > 99 && value < 100 ? Math.min(99.99, Number(value.toFixed(2))) : Number(value.toFixed(1))}%`;
}

/** A latency for people; a dash where nothing was measured. */
export function latency(ms: number | undefined): string {
  if (ms === undefined) return '–';
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${ms >= 10 ? Math.round(ms) : Number(ms.toFixed(1))} ms`;
}

/** `12 s`, `3 min 4 s`, `2 h 5 min`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The two numbers that fit under a node's name. */
export function trafficInShort({ rate: calls, p50 }: CallTraffic): string {
  return calls === 0 ? 'idle' : `${rate(calls)} · ${latency(p50)}`;
}

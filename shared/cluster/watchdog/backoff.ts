/** When the watchdog starts a crashed process again, and when it gives up. */
export const backoff = {
  /** Wait before the first restart, ms; doubles with each crash that follows. */
  firstDelayMs: 100,
  maxDelayMs: 5_000,
  /** A process that ran this long, ms, counts as recovered: its crashes are forgotten. */
  stableAfterMs: 10_000,
  /** This many crashes within `windowMs` are a crash loop: the watchdog no longer starts the process by itself. */
  maxCrashes: 5,
  windowMs: 60_000,
} as const;

/** `crashes`: when it crashed, monotonic ms, oldest first. */
export type RestartDecision =
  | { readonly action: 'restart'; readonly delayMs: number; readonly crashes: readonly number[] }
  | { readonly action: 'give-up'; readonly crashes: readonly number[] };

/** Pure: what to do about a crash at `now` of a process that ran `ranMs`, given its earlier crashes. */
export function onCrash(earlier: readonly number[], ranMs: number, now: number): RestartDecision {
  const recent = ranMs >= backoff.stableAfterMs ? [] : earlier.filter((at) => now - at < backoff.windowMs);
  const crashes = [...recent, now];
  if (crashes.length >= backoff.maxCrashes) return { action: 'give-up', crashes };
  const delayMs = Math.min(backoff.maxDelayMs, backoff.firstDelayMs * 2 ** (crashes.length - 1));
  return { action: 'restart', delayMs, crashes };
}

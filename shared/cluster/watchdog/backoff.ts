/** When the watchdog starts a crashed process again, and when it gives up. */
export interface RestartPolicy {
  /** Wait before the first restart, ms; doubles with each crash that follows. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** A process that ran this long counts as recovered: its crashes are forgotten, ms. */
  readonly stableAfterMs: number;
  /** This many crashes within `windowMs` are a crash loop: the process stays down until an operator starts it. */
  readonly maxCrashes: number;
  readonly windowMs: number;
}

export const defaultRestartPolicy: RestartPolicy = {
  firstDelayMs: 100,
  maxDelayMs: 5_000,
  stableAfterMs: 10_000,
  maxCrashes: 5,
  windowMs: 60_000,
};

/** `crashes`: when it crashed, monotonic ms, oldest first. */
export type RestartDecision =
  | { readonly action: 'restart'; readonly delayMs: number; readonly crashes: readonly number[] }
  | { readonly action: 'give-up'; readonly crashes: readonly number[] };

/** Pure: what to do about a crash at `now` of a process that ran `ranMs`, given its earlier crashes. */
export function onCrash(
  earlier: readonly number[],
  ranMs: number,
  now: number,
  policy: RestartPolicy,
): RestartDecision {
  const recent = ranMs >= policy.stableAfterMs ? [] : earlier.filter((at) => now - at < policy.windowMs);
  const crashes = [...recent, now];
  if (crashes.length >= policy.maxCrashes) return { action: 'give-up', crashes };
  const delayMs = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (crashes.length - 1));
  return { action: 'restart', delayMs, crashes };
}

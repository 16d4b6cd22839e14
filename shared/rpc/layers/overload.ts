import Type, { type Static } from 'typebox';
import type { Observe } from './events.ts';

export const OverloadSettings = Type.Object(
  {
    queueMs: Type.Number({
      default: 50,
      minimum: 0,
      description: 'mean time that calls wait for their turn in this process, from which on it may be overloaded',
    }),
    windowMs: Type.Number({ default: 200, minimum: 1, description: 'over which waiting times are averaged' }),
    minCalls: Type.Integer({ default: 5, minimum: 1, description: 'in a window before it counts' }),
    windows: Type.Integer({
      default: 3,
      minimum: 1,
      description: 'in a row make an overload, or end it: one pause of the process is none',
    }),
    calmShare: Type.Number({
      default: 0.15,
      minimum: 0,
      maximum: 1,
      description: 'the overload is over when a smaller share of the windows is refused',
    }),
  },
  { additionalProperties: false },
);
export type OverloadSettings = Static<typeof OverloadSettings>;

/** Whether a process is overloaded. `against`: windows in a row that speak for the other state. */
export interface LoadState {
  readonly state: 'calm' | 'overloaded';
  readonly against: number;
}

export interface LoadWindow {
  /** Mean waiting time of the calls that came, ms. */
  readonly waitMs: number;
  readonly refusedShare: number;
}

/** The state after one more window. It takes long waiting to begin an overload, and few refusals to end it. */
export function nextLoadState(settings: OverloadSettings, from: LoadState, window: LoadWindow): LoadState {
  const { state } = from;
  const isAgainst = state === 'calm' ? window.waitMs >= settings.queueMs : window.refusedShare < settings.calmShare;
  const against = isAgainst ? from.against + 1 : 0;
  if (against < settings.windows) return { state, against };
  return { state: state === 'calm' ? 'overloaded' : 'calm', against: 0 };
}

export interface OverloadMeter {
  /** Counts a call that found others waiting for `waitMs`, and says whether the process is overloaded. */
  arrive(waitMs: number, now: number): boolean;
  /** That call is refused. */
  refuse(): void;
}

/** Counts window by window. No timers: calls move it on. */
export function createOverloadMeter(settings: OverloadSettings, startedAt: number, observe: Observe): OverloadMeter {
  let state: LoadState = { state: 'calm', against: 0 };
  let windowAt = startedAt;
  let calls = 0;
  let refused = 0;
  let waitedMs = 0;

  function move(to: LoadState, waitMs: number): void {
    if (to.state !== state.state) observe({ event: 'load', state: to.state, waitMs });
    state = to;
  }

  function openWindow(now: number): void {
    windowAt = now;
    calls = refused = waitedMs = 0;
  }

  return {
    arrive(waitMs, now) {
      const ageMs = now - windowAt;
      // So few calls overload nothing.
      if (ageMs >= 8 * settings.windowMs) {
        move({ state: 'calm', against: 0 }, 0);
        openWindow(now);
      } else if (ageMs >= settings.windowMs && calls >= settings.minCalls) {
        const window = { waitMs: waitedMs / calls, refusedShare: refused / calls };
        move(nextLoadState(settings, state, window), window.waitMs);
        openWindow(now);
      }
      calls++;
      waitedMs += waitMs;
      return state.state === 'overloaded';
    },
    refuse() {
      refused++;
    },
  };
}

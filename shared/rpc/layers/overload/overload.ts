import Type, { type Static } from 'typebox';
import type { Observe } from '../events.ts';

export const OverloadSettings = Type.Object(
  {
    queueMs: Type.Number({
      default: 50,
      minimum: 0,
      description: 'the process may be overloaded when the mean wait of calls for their turn is at least this',
    }),
    windowMs: Type.Number({ default: 200, minimum: 1, description: 'time over which waits are averaged' }),
    minCalls: Type.Integer({ default: 5, minimum: 1, description: 'fewest calls in a window for it to count' }),
    windows: Type.Integer({
      default: 3,
      minimum: 1,
      description: 'this many windows in a row begin or end an overload: one pause is not enough',
    }),
    calmShare: Type.Number({
      default: 0.15,
      minimum: 0,
      maximum: 1,
      description: 'an overload ends when less than this share of the calls is refused',
    }),
  },
  { additionalProperties: false },
);
export type OverloadSettings = Static<typeof OverloadSettings>;

/** Whether a process is overloaded. `against`: how many windows in a row showed the other state. */
export interface LoadState {
  readonly state: 'calm' | 'overloaded';
  readonly against: number;
}

export interface LoadWindow {
  /** Mean waiting time of the calls that arrived, ms. */
  readonly waitMs: number;
  readonly refusedShare: number;
}

/** The state after one more window. Long waits begin an overload; it ends when few calls are refused. */
export function nextLoadState(settings: OverloadSettings, from: LoadState, window: LoadWindow): LoadState {
  const { state } = from;
  const isAgainst = state === 'calm' ? window.waitMs >= settings.queueMs : window.refusedShare < settings.calmShare;
  const against = isAgainst ? from.against + 1 : 0;
  if (against < settings.windows) return { state, against };
  return { state: state === 'calm' ? 'overloaded' : 'calm', against: 0 };
}

export interface OverloadMeter {
  /** Counts a call that had to wait for `waitMs`, and returns whether the process is overloaded. */
  arrive(waitMs: number, now: number): boolean;
  /** Counts that the call of the last `arrive` was refused. */
  refuse(): void;
}

/** Counts calls in windows. There are no timers: the next call closes a window that has ended. */
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
      // The window is old because too few calls came to close it. A process with so few calls is not overloaded.
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

import type { Heartbeat } from '../../services/monitor/contract.ts';
import type { Clock } from '../time/clock.ts';
import type { Scheduler, Timer } from '../time/scheduler.ts';
import type { View } from './view.ts';

export const heartbeatIntervalMs = 500;

/** A monitor whose last answer is older than this is no longer believed while another answers: three intervals. */
const trustMs = 3 * heartbeatIntervalMs;

export type Phase = Heartbeat['phase'];

export interface HeartbeatOptions {
  readonly node: string;
  readonly incarnation: number;
  /** The monitors' node ids, in the order in which they are believed. */
  readonly monitors: readonly string[];
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Sends one heartbeat; resolves with the view when the monitor has a newer one. Must be bounded in time. */
  readonly send: (monitor: string, heartbeat: Heartbeat) => Promise<View | undefined>;
}

export interface Heart {
  readonly phase: () => Phase;
  /** Changes the phase and tells the monitors at once. */
  readonly setPhase: (phase: Phase) => void;
  readonly view: () => View | undefined;
  readonly stop: () => void;
}

/**
 * Beats every `heartbeatIntervalMs` towards every monitor, and follows the view of the first one that answers. When all are
 * silent the last view stays in force: losing the monitors must not lose the service.
 */
export function startHeart(options: HeartbeatOptions): Heart {
  const { node, incarnation, monitors, clock, scheduler, send } = options;
  const known = new Map<string, { view: View; heardAt: number }>();
  const busy = new Set<string>();
  let sequence = 0;
  let phase: Phase = 'starting';
  let view: View | undefined;

  async function beat(monitor: string): Promise<void> {
    // One at a time per monitor: a slow monitor must not collect heartbeats.
    if (busy.has(monitor)) return;
    busy.add(monitor);
    try {
      const viewVersion = known.get(monitor)?.view.version ?? 0;
      const news = await send(monitor, { node, incarnation, sequence: sequence++, phase, viewVersion });
      const current = news ?? known.get(monitor)?.view;
      if (current) known.set(monitor, { view: current, heardAt: clock.now() });
    } catch {
      // A silent monitor is the other monitors' and the trust window's business.
    } finally {
      busy.delete(monitor);
      view = believed();
    }
  }

  function believed(): View | undefined {
    const now = clock.now();
    const fresh = monitors.find((monitor) => now - (known.get(monitor)?.heardAt ?? -Infinity) <= trustMs);
    return fresh === undefined ? view : known.get(fresh)!.view;
  }

  const beatAll = (): void => {
    for (const monitor of monitors) void beat(monitor);
  };
  beatAll();
  const timer: Timer = scheduler.every(heartbeatIntervalMs, beatAll);
  return {
    phase: () => phase,
    setPhase(next) {
      phase = next;
      beatAll();
    },
    view: () => view,
    stop: () => timer.cancel(),
  };
}

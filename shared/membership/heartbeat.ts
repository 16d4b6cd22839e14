import type { Heartbeat } from './contract.ts';
import type { Clock } from '../time/clock.ts';
import type { Scheduler, Timer } from '../time/scheduler.ts';
import type { CallEvidence } from './call-evidence.ts';
import type { SelfReport } from './self-report.ts';
import type { View } from './view.ts';

export const heartbeatIntervalMs = 500;

/** A monitor whose last answer is older than this is no longer believed while another answers: three intervals. */
const trustMs = 3 * heartbeatIntervalMs;

/** Heartbeats on their way to one monitor: a slow one must not stop the beat, whose regularity is what it measures. */
const maxInFlight = 3;

/** Nodes reported with one heartbeat: a caller of more than these waits for its next turn with the rest. */
const maxEvidence = 64;

export type Phase = Heartbeat['phase'];

export interface HeartbeatOptions {
  readonly node: string;
  readonly incarnation: number;
  /** The monitors' node ids, in the order in which they are believed. */
  readonly monitors: readonly string[];
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** How the node itself is doing. */
  readonly self?: () => SelfReport;
  /** What it saw of others since the last beat. */
  readonly evidence?: () => CallEvidence[];
  /** The token under which it holds a role that was another node's. */
  readonly token?: () => number | undefined;
  /** Sends one heartbeat; resolves with the view when the monitor has a newer one. Must be bounded in time. */
  readonly send: (monitor: string, heartbeat: Heartbeat) => Promise<View | undefined>;
  readonly onView?: (view: View) => void;
}

export interface Heart {
  readonly phase: () => Phase;
  /** Changes the phase and tells the monitors at once. */
  readonly setPhase: (phase: Phase) => void;
  readonly view: () => View | undefined;
  readonly stop: () => void;
}

interface Ear {
  view: View | undefined;
  heardAt: number;
  inFlight: number;
  sequence: number;
}

/**
 * Beats every `heartbeatIntervalMs` towards every monitor, and follows the view of the first one that answers. When all are
 * silent the last view stays in force: losing the monitors must not lose the service.
 */
export function startHeart(options: HeartbeatOptions): Heart {
  const { node, incarnation, monitors, clock, scheduler, send, self, evidence, token, onView } = options;
  const ears = new Map<string, Ear>(
    monitors.map((monitor) => [monitor, { view: undefined, heardAt: -Infinity, inFlight: 0, sequence: 0 }]),
  );
  let phase: Phase = 'starting';
  let view: View | undefined;
  let untold: CallEvidence[] = [];

  async function beat(monitor: string, ear: Ear, common: Omit<Heartbeat, 'sequence' | 'viewVersion'>): Promise<void> {
    if (ear.inFlight >= maxInFlight) return;
    ear.inFlight++;
    try {
      const news = await send(monitor, { ...common, sequence: ear.sequence++, viewVersion: ear.view?.version ?? 0 });
      ear.view = news ?? ear.view;
      ear.heardAt = clock.now();
    } catch {
      // A silent monitor is the other monitors' and the trust window's business.
    } finally {
      ear.inFlight--;
      follow();
    }
  }

  function follow(): void {
    const now = clock.now();
    const fresh = monitors.find((monitor) => now - ears.get(monitor)!.heardAt <= trustMs);
    const believed = fresh === undefined ? view : ears.get(fresh)!.view;
    if (believed === view || believed === undefined) return;
    view = believed;
    onView?.(view);
  }

  const beatAll = (): void => {
    const seen = untold.concat(evidence?.() ?? []);
    untold = seen.slice(maxEvidence);
    const held = token?.();
    const common = {
      node,
      incarnation,
      phase,
      ...(self && { self: self() }),
      ...(seen.length > 0 && { evidence: seen.slice(0, maxEvidence) }),
      ...(held !== undefined && { token: held }),
    };
    for (const [monitor, ear] of ears) void beat(monitor, ear, common);
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

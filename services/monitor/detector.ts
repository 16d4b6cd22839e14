import type { MemberState, View } from '../../shared/membership/view.ts';
import type { Heartbeat } from './contract.ts';

/** Silence after which a node is suspected, and after which it is called dead, ms (LABS 24: dead after 3.5 intervals of 0.5 s). */
export interface DetectorTimeouts {
  readonly suspectMs: number;
  readonly deadMs: number;
}
export const defaultTimeouts: DetectorTimeouts = { suspectMs: 1_000, deadMs: 1_750 };

interface Seen {
  readonly incarnation: number;
  readonly phase: Heartbeat['phase'];
  readonly at: number;
}

export interface Detector {
  /** Takes a heartbeat at `now` (monotonic ms). One of an older incarnation is ignored. */
  readonly heard: (heartbeat: Heartbeat, now: number) => void;
  /** The members as of `now`; `version` has grown when a state or incarnation changed. */
  readonly view: (now: number) => View;
}

/** A fixed-timeout failure detector over the nodes of a topology. Pure but for its own memory: time comes in as a parameter. */
export function createDetector(
  monitor: string,
  nodes: readonly string[],
  firstVersion: number,
  timeouts = defaultTimeouts,
): Detector {
  const seen = new Map<string, Seen>();
  let version = firstVersion;
  let fingerprint = '';

  return {
    heard(heartbeat, now) {
      const last = seen.get(heartbeat.node);
      if (last && heartbeat.incarnation < last.incarnation) return;
      if (!nodes.includes(heartbeat.node)) return;
      seen.set(heartbeat.node, { incarnation: heartbeat.incarnation, phase: heartbeat.phase, at: now });
    },
    view(now) {
      const members = nodes.map((node) => {
        const last = seen.get(node);
        if (!last) return { node, state: 'starting' as const, incarnation: 0 };
        const silentMs = Math.max(0, now - last.at);
        return { node, state: stateOf(last.phase, silentMs, timeouts), incarnation: last.incarnation, silentMs };
      });
      const next = members.map(({ node, state, incarnation }) => `${node} ${state} ${incarnation}`).join('\n');
      if (next !== fingerprint) {
        fingerprint = next;
        version += 1;
      }
      return { monitor, version, members };
    },
  };
}

/** Pure: what `silentMs` without a heartbeat says about a node whose last one told `phase`. */
export function stateOf(phase: Heartbeat['phase'], silentMs: number, timeouts: DetectorTimeouts): MemberState {
  if (silentMs > timeouts.deadMs) return 'dead';
  if (silentMs > timeouts.suspectMs) return 'suspect';
  if (phase === 'ready') return 'alive';
  return phase;
}

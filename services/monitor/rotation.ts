import { thresholds } from './thresholds.ts';
import type { Verdict } from '../../shared/membership/verdict.ts';
import type { Diagnoser } from './diagnoser.ts';
import type { Roles } from './roles.ts';
import type { FailureDetector } from './failure-detector.ts';
import { settings } from './settings.ts';
import type { Member, MemberState, View } from '../../shared/membership/view.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { createStateChanges, type StateChange } from './state-changes.ts';
import type { LagMeter } from '../../shared/membership/lag.ts';

export interface RotationOptions {
  readonly monitor: string;
  readonly nodes: readonly string[];
  readonly firstVersion: number;
  readonly detector: FailureDetector;
  readonly diagnoser: Diagnoser;
  /** The nodes that a repair took out, and how. */
  readonly takenOut: ReadonlyMap<string, 'draining' | 'quarantined'>;
  readonly roles: Roles;
  readonly clock: Clock;
  readonly lag: Pick<LagMeter, 'lostMs'>;
}

/** The view that nodes follow: the state of each node. */
export interface Rotation {
  /** The view of now. `version` grows when anything but the length of a silence changed. */
  readonly refresh: () => View;
  /** The view of the last refresh. */
  readonly view: () => View;
  readonly changes: () => readonly StateChange[];
}

export function createRotation(options: RotationOptions): Rotation {
  const { monitor, nodes, firstVersion, detector, diagnoser, takenOut, roles, clock, lag } = options;
  const changes = createStateChanges();
  let fingerprint = '';
  let view: View = { monitor, version: firstVersion, members: [] };

  function member(node: string): Member {
    const record = detector.record(node);
    const { seen, standing, reached } = diagnoser.assessment(node);
    const { verdict } = standing;
    const state = stateOf({
      phase: record.phase(),
      phi: reached ? 0 : detector.phi(node),
      seen: seen.verdict,
      standing: verdict,
      takenOut: takenOut.get(node),
      restartedUnannounced: record.restartedUnannounced(),
      standsBy: record.phase() === 'standby' || !roles.holds(node),
    });
    const silentMs = record.silentMs(clock.now(), lag.lostMs());
    return {
      node,
      state,
      incarnation: record.incarnation() ?? 0,
      ...(silentMs !== undefined && { silentMs: Math.round(silentMs) }),
      ...(verdict !== 'healthy' && { verdict }),
    };
  }

  return {
    view: () => view,
    changes: changes.list,
    refresh() {
      const members = nodes.map(member);
      const promotions = roles.promotions();
      const next = JSON.stringify([members.map((it) => ({ ...it, silentMs: 0 })), promotions]);
      const version = next === fingerprint ? view.version : view.version + 1;
      fingerprint = next;
      view = { monitor, version, members, ...(promotions.length > 0 && { promotions: [...promotions] }) };
      changes.take(view);
      return view;
    },
  };
}

export interface RotationSituation {
  readonly phase: 'starting' | 'ready' | 'draining' | 'standby' | undefined;
  /** 0 if another monitor or a caller reaches it. */
  readonly phi: number;
  /** The verdict of the last window alone, and the one in force. */
  readonly seen: Verdict;
  readonly standing: Verdict;
  readonly takenOut: 'draining' | 'quarantined' | undefined;
  readonly restartedUnannounced: boolean;
  /** It waits for a role, or another node has its role. */
  readonly standsBy: boolean;
}

const stopped = (verdict: Verdict): boolean => verdict === 'crashed' || verdict === 'hung';

/**
 * Pure: the state of a node in the view. A node that was down is `starting` until enough healthy windows have passed.
 */
export function stateOf({
  phase,
  phi,
  seen,
  standing,
  takenOut,
  restartedUnannounced,
  standsBy,
}: RotationSituation): MemberState {
  if (phase === undefined && stopped(standing)) return 'dead';
  if (phase === undefined) return standsBy ? 'standby' : 'starting';
  if (restartedUnannounced) return 'starting';
  if (phi >= thresholds.phi || stopped(seen)) return 'dead';
  if (phase === 'draining') return 'draining';
  if (phase === 'starting') return 'starting';
  if (takenOut) return takenOut;
  if (phi >= settings.suspectPhi) return 'suspect';
  if (standsBy) return 'standby';
  return stopped(standing) ? 'starting' : 'alive';
}

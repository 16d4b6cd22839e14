import { thresholds } from '../../shared/membership/thresholds.ts';
import type { Verdict } from '../../shared/membership/diagnosis.ts';
import type { Judge } from './judge.ts';
import type { Places } from './places.ts';
import type { Senses } from './senses.ts';
import { settings } from './settings.ts';
import type { Member, MemberState, View } from '../../shared/membership/view.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { LagMeter } from '../../shared/membership/lag.ts';

export interface RotationOptions {
  readonly monitor: string;
  readonly nodes: readonly string[];
  readonly firstVersion: number;
  readonly senses: Senses;
  readonly judge: Judge;
  /** Nodes that a repair took out, and how. */
  readonly takenOut: ReadonlyMap<string, 'draining' | 'quarantined'>;
  readonly places: Places;
  readonly clock: Clock;
  readonly lag: Pick<LagMeter, 'lostMs'>;
}

/** Who may be called: the view that nodes follow. */
export interface Rotation {
  /** As of now; `version` has grown when anything but a silence changed. */
  readonly refresh: () => View;
  /** As of the last refresh. */
  readonly view: () => View;
}

export function createRotation(options: RotationOptions): Rotation {
  const { monitor, nodes, firstVersion, senses, judge, takenOut, places, clock, lag } = options;
  let fingerprint = '';
  let view: View = { monitor, version: firstVersion, members: [] };

  function member(node: string): Member {
    const patient = senses.patient(node);
    const { seen, standing, reached } = judge.opinion(node);
    const { verdict } = standing;
    const state = stateOf({
      phase: patient.phase(),
      phi: reached ? 0 : senses.phi(node),
      seen: seen.verdict,
      standing: verdict,
      takenOut: takenOut.get(node),
      reborn: patient.reborn(),
      standsBy: patient.phase() === 'standby' || !places.holds(node),
    });
    const silentMs = patient.silentMs(clock.now(), lag.lostMs());
    return {
      node,
      state,
      incarnation: patient.incarnation() ?? 0,
      ...(silentMs !== undefined && { silentMs: Math.round(silentMs) }),
      ...(verdict !== 'healthy' && { verdict }),
    };
  }

  return {
    view: () => view,
    refresh() {
      const members = nodes.map(member);
      const promotions = places.promotions();
      const next = JSON.stringify([members.map((it) => ({ ...it, silentMs: 0 })), promotions]);
      const version = next === fingerprint ? view.version : view.version + 1;
      fingerprint = next;
      return (view = { monitor, version, members, ...(promotions.length > 0 && { promotions: [...promotions] }) });
    },
  };
}

export interface Situation {
  readonly phase: 'starting' | 'ready' | 'draining' | 'standby' | undefined;
  /** 0 where it is silent here, but is reached from somewhere else. */
  readonly phi: number;
  /** The verdict of the last window alone, and the one in force. */
  readonly seen: Verdict;
  readonly standing: Verdict;
  readonly takenOut: 'draining' | 'quarantined' | undefined;
  readonly reborn: boolean;
  /** It waits for its turn, or another one has its place. */
  readonly standsBy: boolean;
}

const stopped = (verdict: Verdict): boolean => verdict === 'crashed' || verdict === 'hung';

/** Pure: the state of a node in the view. A node that was down is `starting` until enough healthy windows have passed. */
export function stateOf({ phase, phi, seen, standing, takenOut, reborn, standsBy }: Situation): MemberState {
  if (phase === undefined && stopped(standing)) return 'dead';
  if (phase === undefined) return standsBy ? 'standby' : 'starting';
  if (reborn) return 'starting';
  if (phi >= thresholds.phi || stopped(seen)) return 'dead';
  if (phase === 'draining') return 'draining';
  if (phase === 'starting') return 'starting';
  if (takenOut) return takenOut;
  if (phi >= settings.suspectPhi) return 'suspect';
  if (standsBy) return 'standby';
  return stopped(standing) ? 'starting' : 'alive';
}

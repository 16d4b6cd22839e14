import { heartbeatIntervalMs } from '../../shared/membership/heartbeat.ts';
import { createPhiDetector, type Hearing } from '../../shared/membership/phi.ts';
import { createSelfHistory } from './self-history.ts';
import type { NodeSelf } from './evidence.ts';
import type { Heartbeat } from './contract.ts';
import { settings } from './settings.ts';
import type { LatencySample } from './slowness.ts';

/** What the ops network says about a node. */
export interface ProbeResult {
  readonly opsPort: 'answers' | 'silent' | 'refused';
  /**
   * What the watchdog says. `unreachable`: a watchdog on another machine does not answer. Undefined: a watchdog on this
   * machine does not answer, or it stopped the node itself.
   */
  readonly process?: 'running' | 'exited' | 'unreachable' | undefined;
}

/** What one monitor itself has heard of one node. Times are monotonic ms. */
export interface NodeRecord {
  readonly hear: (beat: Heartbeat, now: number, lostMs: number) => Hearing;
  readonly phi: (now: number, lostMs: number) => number;
  readonly silentMs: (now: number, lostMs: number) => number | undefined;
  /** Heartbeats within the evidence window that one process could not have sent. */
  readonly conflictingBeats: (now: number) => number;
  readonly incarnation: () => number | undefined;
  readonly phase: () => Heartbeat['phase'] | undefined;
  readonly token: () => number;
  /** How late its main loop is, by its own report, ms. */
  readonly lagMs: () => number | undefined;
  readonly self: () => NodeSelf | undefined;
  /** How long its calls took, by its own reports, from heartbeat to heartbeat. */
  readonly selfMoments: () => readonly LatencySample[];
  /** A new process sends heartbeats, the earlier one never said that it was leaving, and the new one is not ready. */
  readonly restartedUnannounced: () => boolean;
  /** The incarnation that the evidence is about. Until a new process serves, it is that of the earlier process. */
  readonly aboutIncarnation: () => number | undefined;
  /** When this process said first that it serves. */
  readonly openedAt: () => number | undefined;
  /** When the last heartbeat was heard. */
  readonly heardAt: () => number | undefined;
  /** The beginning of the silence before the last restart. */
  readonly lostAt: () => number | undefined;
}

/** `hears`: whether heartbeats are a source of evidence now. Without it, a silence and a restart are not seen. */
export function createNodeRecord(hears: () => boolean = () => true): NodeRecord {
  const phiDetector = createPhiDetector({ expectedIntervalMs: heartbeatIntervalMs });
  const self = createSelfHistory(settings.evidenceMs / 2);
  let conflictingBeats: number[] = [];
  let last: Heartbeat | undefined;
  let heardAt: number | undefined;
  let lostAt: number | undefined;
  let startedAt = 0;
  let openedAt: number | undefined;
  let restartedUnannounced = false;
  let former: number | undefined;

  return {
    hear(beat, now, lostMs) {
      const before = phiDetector.conflictingBeats;
      const hearing = phiDetector.hear(beat, now, lostMs);
      if (phiDetector.conflictingBeats > before) conflictingBeats.push(now);
      if (hearing === 'stale') return hearing;
      if (hearing === 'restarted') {
        self.forget();
        former = last?.incarnation;
        startedAt = now;
        // A process that said that it was leaving was stopped on purpose.
        restartedUnannounced = last?.phase !== 'draining';
        lostAt = heardAt;
      }
      if (!last) startedAt = now;
      // The first heartbeat that arrives may say `ready` already. The restart is noticed all the same.
      if (hearing === 'fresh' && (beat.phase === 'ready' || beat.phase === 'standby')) restartedUnannounced = false;
      if (beat.phase === 'ready' && (hearing === 'restarted' || last?.phase !== 'ready')) openedAt = now;
      if (beat.self) self.hear(beat.self, now);
      last = beat;
      heardAt = now;
      return hearing;
    },
    phi(now, lostMs) {
      if (!hears()) return 0;
      if (last?.phase === 'starting' && now - startedAt < settings.startGraceMs) return 0;
      return phiDetector.phi(now, lostMs);
    },
    silentMs: (now, lostMs) => phiDetector.silentMs(now, lostMs),
    conflictingBeats(now) {
      if (!hears()) return 0;
      if (conflictingBeats.some((at) => at <= now - settings.evidenceMs))
        conflictingBeats = conflictingBeats.filter((at) => at > now - settings.evidenceMs);
      return conflictingBeats.length;
    },
    incarnation: () => phiDetector.incarnation,
    phase: () => last?.phase,
    token: () => last?.token ?? 0,
    lagMs: () => last?.self?.lagMs,
    self: () => self.over(),
    selfMoments: () => self.moments(),
    restartedUnannounced: () => hears() && restartedUnannounced,
    aboutIncarnation: () => (restartedUnannounced && hears() ? former : phiDetector.incarnation),
    openedAt: () => openedAt,
    heardAt: () => heardAt,
    lostAt: () => lostAt,
  };
}

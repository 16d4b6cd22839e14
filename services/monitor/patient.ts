import { heartbeatIntervalMs } from '../../shared/membership/heartbeat.ts';
import { createPhiDetector, type Hearing } from '../../shared/membership/phi.ts';
import { createSelfHistory } from '../../shared/membership/self.ts';
import type { NodeSelf } from '../../shared/membership/diagnosis.ts';
import type { Heartbeat } from './contract.ts';
import { settings } from './settings.ts';

/** What the ops network says about a node. */
export interface Probed {
  readonly opsPort: 'answers' | 'silent' | 'refused';
  /** The watchdog's word; undefined where it does not answer, or stopped the node itself. */
  readonly process?: 'running' | 'exited' | undefined;
}

/** What one monitor has heard of one node by itself. Times: monotonic ms. */
export interface Patient {
  readonly hear: (beat: Heartbeat, now: number, lostMs: number) => Hearing;
  readonly phi: (now: number, lostMs: number) => number;
  readonly silentMs: (now: number, lostMs: number) => number | undefined;
  /** Heartbeats within the evidence window that one process could not have sent. */
  readonly echoes: (now: number) => number;
  readonly incarnation: () => number | undefined;
  readonly phase: () => Heartbeat['phase'] | undefined;
  readonly token: () => number;
  /** How late its main loop is, by its own word, ms. */
  readonly lagMs: () => number | undefined;
  readonly self: () => NodeSelf | undefined;
  /** Another process than before speaks, the one before never took leave, and the new one is not ready yet. */
  readonly reborn: () => boolean;
  /** Of the process that what is seen now is about: as long as a new one does not serve, of the one before. */
  readonly life: () => number | undefined;
  /** When this process said first that it serves. */
  readonly openedAt: () => number | undefined;
  /** When the last heartbeat was heard. */
  readonly heardAt: () => number | undefined;
  /** When the silence that a restart ended had begun. */
  readonly lostAt: () => number | undefined;
}

export function createPatient(): Patient {
  const detector = createPhiDetector({ expectedIntervalMs: heartbeatIntervalMs });
  const self = createSelfHistory(settings.evidenceMs / 2);
  let echoes: number[] = [];
  let last: Heartbeat | undefined;
  let heardAt: number | undefined;
  let lostAt: number | undefined;
  let startedAt = 0;
  let openedAt: number | undefined;
  let reborn = false;
  let former: number | undefined;

  return {
    hear(beat, now, lostMs) {
      const before = detector.echoes;
      const hearing = detector.hear(beat, now, lostMs);
      if (detector.echoes > before) echoes.push(now);
      if (hearing === 'stale') return hearing;
      if (hearing === 'restarted') {
        self.forget();
        former = last?.incarnation;
        startedAt = now;
        // A process that said goodbye was stopped on purpose.
        reborn = last?.phase !== 'draining';
        lostAt = heardAt;
      }
      if (!last) startedAt = now;
      if (beat.phase === 'ready' || beat.phase === 'standby') reborn = false;
      if (beat.phase === 'ready' && (hearing === 'restarted' || last?.phase !== 'ready')) openedAt = now;
      if (beat.self) self.hear(beat.self, now);
      last = beat;
      heardAt = now;
      return hearing;
    },
    phi(now, lostMs) {
      if (last?.phase === 'starting' && now - startedAt < settings.startGraceMs) return 0;
      return detector.phi(now, lostMs);
    },
    silentMs: (now, lostMs) => detector.silentMs(now, lostMs),
    echoes(now) {
      if (echoes.some((at) => at <= now - settings.evidenceMs))
        echoes = echoes.filter((at) => at > now - settings.evidenceMs);
      return echoes.length;
    },
    incarnation: () => detector.incarnation,
    phase: () => last?.phase,
    token: () => last?.token ?? 0,
    lagMs: () => last?.self?.lagMs,
    self: () => self.over(),
    reborn: () => reborn,
    life: () => (reborn ? former : detector.incarnation),
    openedAt: () => openedAt,
    heardAt: () => heardAt,
    lostAt: () => lostAt,
  };
}

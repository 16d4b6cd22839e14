import type { Evidence, Observer } from '../../shared/membership/diagnosis.ts';
import { thresholds } from '../../shared/membership/thresholds.ts';
import { createEvidence } from '../../shared/membership/evidence.ts';
import { median } from '../../shared/membership/quantile.ts';
import { heartbeatIntervalMs } from '../../shared/membership/heartbeat.ts';
import type { LagMeter } from '../../shared/membership/lag.ts';
import type { Hearing } from '../../shared/membership/phi.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { Digest, Heartbeat } from './contract.ts';
import { createPatient, type Patient, type Probed } from './patient.ts';
import { settings } from './settings.ts';

export interface SensesOptions {
  readonly nodes: readonly string[];
  readonly clock: Clock;
  readonly lag: Pick<LagMeter, 'lagMs' | 'lostMs'>;
}

/** Everything that one monitor hears, and what it comes to about one node: evidence. Decides nothing. */
export interface Senses {
  readonly heartbeat: (beat: Heartbeat) => Hearing | 'unknown';
  readonly probed: (node: string, result: Probed) => void;
  readonly digest: (digest: Digest) => void;
  readonly patient: (node: string) => Patient;
  readonly phi: (node: string) => number;
  /** Callers complain of it, or it is silent for longer than usual: worth a question over the ops network. */
  readonly inDoubt: (node: string) => boolean;
  /** Anything but perfect silence and perfect rhythm is known: worth a judgement. */
  readonly interesting: (node: string) => boolean;
  readonly evidence: (node: string) => Evidence;
  readonly observer: () => Observer;
  /** Whom it called lately, and how often that went wrong, by its own word. */
  readonly calledBy: (node: string) => ReadonlyMap<string, number>;
  /** When the failure that shows now began, monotonic ms: the first complaint, or the first heartbeat that was due and did not come. */
  readonly firstBadAt: (node: string, isLying: boolean) => number | undefined;
  /** What was seen of the node before its repair says nothing any more. */
  readonly forget: (node: string) => void;
  /** The last digest of each monitor that is still believed. */
  readonly colleagues: () => readonly Digest[];
}

export function createSenses({ nodes, clock, lag }: SensesOptions): Senses {
  const patients = new Map(nodes.map((node) => [node, createPatient()]));
  const evidence = createEvidence(settings.evidenceMs);
  const probes = new Map<string, { at: number; result: Probed }>();
  const digests = new Map<string, { at: number; digest: Digest }>();
  const complaints = new Map<string, number | undefined>();
  const bornAt = clock.now();

  const patient = (node: string): Patient => patients.get(node)!;
  const phi = (node: string): number => patient(node).phi(clock.now(), lag.lostMs());
  const fresh = (at: number, trustMs: number): boolean => clock.now() - at <= trustMs;
  const colleagues = () => [...digests.values()].filter(({ at }) => fresh(at, settings.digestTrustMs));

  /** What callers report now began before that: with the process before, or while this one was still starting. */
  const hasJustOpened = (node: string, now: number): boolean =>
    now - (patient(node).openedAt() ?? -Infinity) < reportedMs;

  function probeOf(node: string): Probed | undefined {
    const probe = probes.get(node);
    // A heartbeat after it says more.
    if (!probe || !fresh(probe.at, settings.probeTrustMs) || probe.at < (patient(node).heardAt() ?? -Infinity))
      return undefined;
    const neverHeard = patient(node).incarnation() === undefined;
    return neverHeard && probe.result.process !== 'exited' ? undefined : probe.result;
  }

  /** Another monitor has heard it at least one beat later than this one. */
  function heardByOthers(node: string): Evidence['otherMonitors'] {
    const told = colleagues().flatMap(({ at, digest }) => {
      const member = digest.doubtsItself ? undefined : digest.members.find((it) => it.node === node);
      return member ? at - member.silentMs : [];
    });
    if (told.length === 0) return undefined;
    const [own, now] = [patient(node).heardAt() ?? -Infinity, clock.now()];
    // Later than here, and not so long ago: a last heartbeat may have reached one monitor late.
    return told.some((at) => at > own + laterMs && now - at <= settings.digestTrustMs) ? 'hear it' : 'do not hear it';
  }

  return {
    patient,
    phi,
    heartbeat(beat) {
      const of = patients.get(beat.node);
      if (!of) return 'unknown';
      const now = clock.now();
      const phase = of.phase();
      const lostMs = lag.lostMs();
      const wasSilent = of.phi(now, lostMs) >= thresholds.phi && (of.silentMs(now, lostMs) ?? 0) >= thresholds.silentMs;
      const hearing = of.hear(beat, now, lostMs);
      // That callers complained of the process before is part of the story.
      if (hearing === 'restarted') complaints.set(beat.node, evidence.firstBadAt(beat.node, now));
      // What they saw was about the process before, about one that was not open yet, or about a silence that is over.
      const begins = hearing === 'fresh' && (wasSilent || (beat.phase === 'ready' && phase !== 'ready'));
      if (hearing === 'restarted' || begins) evidence.forget(beat.node);
      if (hearing !== 'stale' && beat.sightings)
        evidence.report(
          beat.node,
          beat.sightings.filter(({ node }) => patients.has(node) && !hasJustOpened(node, now)),
          now,
        );
      return hearing;
    },
    probed: (node, result) => void probes.set(node, { at: clock.now(), result }),
    digest: (digest) => void digests.set(digest.monitor, { at: clock.now(), digest }),
    inDoubt(node) {
      const it = patient(node);
      if (it.phase() === 'draining') return false;
      if (it.incarnation() === undefined) return clock.now() - bornAt >= settings.neverHeardMs;
      return phi(node) >= settings.probePhi || evidence.recentlyLost(node, clock.now());
    },
    interesting: (node) =>
      phi(node) >= 1 ||
      patient(node).reborn() ||
      patient(node).echoes(clock.now()) > 0 ||
      probeOf(node) !== undefined ||
      evidence.seen(clock.now()).has(node),
    evidence(node) {
      const now = clock.now();
      const it = patient(node);
      const known = it.incarnation() !== undefined;
      const probe = probeOf(node);
      return {
        node,
        heartbeats: {
          phi: known ? phi(node) : undefined,
          silentMs: it.silentMs(now, lag.lostMs()),
          echoes: it.echoes(now),
          reborn: it.reborn(),
        },
        callers: evidence.about(node, now),
        otherMonitors: heardByOthers(node),
        process: probe?.process,
        opsPort: probe?.opsPort,
        self: it.self(),
        proofs: evidence.proofs(node, now),
      };
    },
    calledBy: (node) => evidence.calledBy(node, clock.now()),
    observer() {
      const heard = nodes.filter((node) => patient(node).incarnation() !== undefined);
      const silent = heard.filter((node) => phi(node) >= thresholds.phi && probeOf(node)?.opsPort !== 'refused');
      const lags = heard.flatMap((node) => patient(node).lagMs() ?? []);
      const typicalLagMs = lags.length === 0 ? 0 : median(lags);
      return { lagMs: lag.lagMs(), typicalLagMs, silentShare: heard.length === 0 ? 0 : silent.length / heard.length };
    },
    firstBadAt(node, isLying) {
      const it = patient(node);
      const lostAt = it.reborn() ? it.lostAt() : it.heardAt();
      const dueAt = lostAt !== undefined && (it.reborn() || phi(node) >= 1) ? lostAt + heartbeatIntervalMs : Infinity;
      const before = it.reborn() ? complaints.get(node) : undefined;
      const first = Math.min(evidence.firstBadAt(node, clock.now(), isLying) ?? Infinity, before ?? Infinity, dueAt);
      return first === Infinity ? undefined : first;
    },
    forget(node) {
      evidence.forget(node);
      probes.delete(node);
    },
    colleagues: () => colleagues().map(({ digest }) => digest),
  };
}

/** More than what two monitors' heartbeats of one beat are apart, less than one interval. */
const laterMs = 0.6 * heartbeatIntervalMs;

/** How far back a report may reach: one interval, and what its caller was late. */
const reportedMs = 1.5 * heartbeatIntervalMs;

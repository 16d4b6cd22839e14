import type { NodeEvidence, Observer } from './evidence.ts';
import { thresholds } from './thresholds.ts';
import { createEvidenceWindow } from './evidence-window.ts';
import { allSources, heardPart } from './evidence-sources.ts';
import { median, quantile } from '../../shared/quantile.ts';
import { heartbeatIntervalMs } from '../../shared/membership/heartbeat.ts';
import type { LagMeter } from '../../shared/membership/lag.ts';
import type { Hearing } from '../../shared/membership/phi.ts';
import type { Verdict } from '../../shared/membership/verdict.ts';
import type { EvidenceSettings } from '../../shared/rpc/monitoring-settings.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { EvidenceReport } from '../../shared/membership/heartbeat-wire.ts';
import type { Digest, Heartbeat } from './contract.ts';
import { createNodeRecord, type NodeRecord, type ProbeResult } from './node-record.ts';
import { settings } from './settings.ts';
import { ratiosToPeers } from './slowness.ts';

export interface FailureDetectorOptions {
  readonly nodes: readonly string[];
  /** Nodes that do the same work. */
  readonly peersOf: (node: string) => readonly string[];
  readonly clock: Clock;
  readonly lag: Pick<LagMeter, 'lagMs' | 'lostMs'>;
  /** The sources of evidence that are on now. Without this function, all are on. */
  readonly sources?: (() => EvidenceSettings) | undefined;
}

/** Collects everything that one monitor hears, and returns the evidence about one node. It decides nothing. */
export interface FailureDetector {
  readonly heartbeat: (beat: Heartbeat) => Hearing | 'unknown';
  /** Adds a node's evidence about others. Reports of a process that was replaced are ignored. */
  readonly reported: (caller: string, incarnation: number, reports: readonly EvidenceReport[]) => void;
  readonly probed: (node: string, result: ProbeResult) => void;
  readonly digest: (digest: Digest) => void;
  readonly record: (node: string) => NodeRecord;
  readonly phi: (node: string) => number;
  /**
   * Callers complain about the node, or it is silent for longer than usual. The prober should ask it over the ops
   * network.
   */
  readonly inDoubt: (node: string) => boolean;
  /** Something unusual is known about the node, so it should be diagnosed. */
  readonly interesting: (node: string) => boolean;
  readonly evidence: (node: string) => NodeEvidence;
  readonly observer: () => Observer;
  /** Which nodes `node` called lately, and how often a call failed, by the reports of `node` itself. */
  readonly calledBy: (node: string) => ReadonlyMap<string, number>;
  /**
   * The beginning (monotonic ms) of the present failure: the first complaint, or the first missing heartbeat. `verdict`
   * is the verdict on this failure.
   */
  readonly firstBadAt: (node: string, verdict: Verdict) => number | undefined;
  /** From now on, the evidence from before the node's repair does not count against it. */
  readonly forget: (node: string) => void;
  /** The last digest of each monitor that is still believed. */
  readonly otherDigests: () => readonly Digest[];
}

export function createFailureDetector({
  nodes,
  peersOf,
  clock,
  lag,
  sources = () => allSources,
}: FailureDetectorOptions): FailureDetector {
  const records = new Map(nodes.map((node) => [node, createNodeRecord(() => sources().heartbeats)]));
  const reports = createEvidenceWindow(settings.evidenceMs);
  const probes = new Map<string, { at: number; result: ProbeResult }>();
  const digests = new Map<string, { at: number; digest: Digest }>();
  const complaints = new Map<string, number | undefined>();
  const bornAt = clock.now();

  const record = (node: string): NodeRecord => records.get(node)!;
  const phi = (node: string): number => record(node).phi(clock.now(), lag.lostMs());
  const fresh = (at: number, trustMs: number): boolean => clock.now() - at <= trustMs;
  const otherDigests = () => [...digests.values()].filter(({ at }) => fresh(at, settings.digestTrustMs));

  /**
   * True for a report that comes just after the node became ready: it is about the earlier process, or about the start
   * of this one.
   */
  const hasJustOpened = (node: string, at: number): boolean => at - (record(node).openedAt() ?? -Infinity) < reportedMs;

  function probeOf(node: string): ProbeResult | undefined {
    const probe = sources().probes ? probes.get(node) : undefined;
    // A heartbeat that came after the probe is better evidence.
    if (!probe || !fresh(probe.at, settings.probeTrustMs) || probe.at < (record(node).heardAt() ?? -Infinity))
      return undefined;
    const neverHeard = record(node).incarnation() === undefined;
    return neverHeard && probe.result.process !== 'exited' ? undefined : probe.result;
  }

  function selfRatio(node: string): number | undefined {
    if (!sources().self) return undefined;
    const peers = peersOf(node).flatMap((peer) => record(peer).selfMoments());
    const ratios = ratiosToPeers(record(node).selfMoments(), peers, heartbeatIntervalMs);
    // One bad moment does not make a limping node.
    return ratios.length < minMoments ? undefined : quantile(ratios, selfQuantile);
  }

  function answeredRatio(node: string): number | undefined {
    const answered = (it: string) => reports.answered(it, clock.now());
    // Standbys answer no calls, and neither do nodes that have left. Compared with them, every node would be busy.
    const peers = peersOf(node)
      .map(answered)
      .filter((calls) => calls > 0);
    return peers.length === 0 ? undefined : answered(node) / median(peers);
  }

  function heardByOthers(node: string): NodeEvidence['otherMonitors'] {
    if (!sources().monitors) return undefined;
    const heardElsewhereAt = otherDigests().flatMap(({ at, digest }) => {
      const member = digest.doubtsItself ? undefined : digest.members.find((it) => it.node === node);
      return member ? at - member.silentMs : [];
    });
    if (heardElsewhereAt.length === 0) return undefined;
    const [own, now] = [record(node).heardAt() ?? -Infinity, clock.now()];
    // The other monitor must have heard the node a short time ago, and clearly later than this monitor. The same
    // heartbeat may reach one of them late.
    return heardElsewhereAt.some((at) => at > own + laterMs && now - at <= settings.digestTrustMs)
      ? 'hear it'
      : 'do not hear it';
  }

  return {
    record,
    phi,
    heartbeat(beat) {
      const of = records.get(beat.node);
      if (!of) return 'unknown';
      const now = clock.now();
      const phase = of.phase();
      const lostMs = lag.lostMs();
      const wasSilent = of.phi(now, lostMs) >= thresholds.phi && (of.silentMs(now, lostMs) ?? 0) >= thresholds.silentMs;
      const hearing = of.hear(beat, now, lostMs);
      // Complaints of callers about the earlier process belong to this failure.
      if (hearing === 'restarted') complaints.set(beat.node, reports.firstBadAt(beat.node, now));
      // When the node restarts, becomes ready or ends a silence, the earlier reports of its callers no longer count
      // against it, because these reports are about the time before.
      const begins = hearing === 'fresh' && (wasSilent || (beat.phase === 'ready' && phase !== 'ready'));
      if (hearing === 'restarted' || begins) reports.forget(beat.node);
      return hearing;
    },
    reported(caller, incarnation, news) {
      if (records.get(caller)?.incarnation() !== incarnation) return;
      for (const { agoMs, evidence } of news) {
        const at = clock.now() - agoMs;
        const credible = evidence.filter(({ node }) => records.has(node) && !hasJustOpened(node, at));
        reports.report(
          caller,
          credible.flatMap((each) => heardPart(each, sources()) ?? []),
          at,
        );
      }
    },
    probed: (node, result) => void probes.set(node, { at: clock.now(), result }),
    digest: (digest) => void digests.set(digest.monitor, { at: clock.now(), digest }),
    inDoubt(node) {
      const it = record(node);
      if (it.phase() === 'draining' || !sources().probes) return false;
      if (it.incarnation() === undefined) return clock.now() - bornAt >= settings.neverHeardMs;
      return phi(node) >= settings.probePhi || reports.recentlyLost(node, clock.now());
    },
    interesting: (node) =>
      phi(node) >= 1 ||
      record(node).restartedUnannounced() ||
      record(node).conflictingBeats(clock.now()) > 0 ||
      probeOf(node) !== undefined ||
      reports.seen(clock.now()).has(node),
    evidence(node) {
      const now = clock.now();
      const it = record(node);
      const known = it.incarnation() !== undefined;
      const probe = probeOf(node);
      return {
        node,
        heartbeats: {
          phi: known ? phi(node) : undefined,
          silentMs: it.silentMs(now, lag.lostMs()),
          conflictingBeats: it.conflictingBeats(now),
          restartedUnannounced: it.restartedUnannounced(),
        },
        callers: reports.about(node, now),
        otherMonitors: heardByOthers(node),
        process: probe?.process,
        opsPort: probe?.opsPort,
        self: sources().self ? it.self() : undefined,
        selfRatio: selfRatio(node),
        answeredRatio: answeredRatio(node),
        proofs: reports.proofs(node, now),
      };
    },
    calledBy: (node) => reports.calledBy(node, clock.now()),
    observer() {
      const heard = nodes.filter((node) => record(node).incarnation() !== undefined);
      const silent = heard.filter((node) => phi(node) >= thresholds.phi && probeOf(node)?.opsPort !== 'refused');
      const lags = heard.flatMap((node) => record(node).lagMs() ?? []);
      const typicalLagMs = lags.length === 0 ? 0 : median(lags);
      return { lagMs: lag.lagMs(), typicalLagMs, silentShare: heard.length === 0 ? 0 : silent.length / heard.length };
    },
    firstBadAt(node, verdict) {
      const it = record(node);
      const lostAt = it.restartedUnannounced() ? it.lostAt() : it.heardAt();
      const dueAt =
        lostAt !== undefined && (it.restartedUnannounced() || phi(node) >= 1) ? lostAt + heartbeatIntervalMs : Infinity;
      const before = it.restartedUnannounced() ? complaints.get(node) : undefined;
      const first = Math.min(reports.firstBadAt(node, clock.now(), verdict) ?? Infinity, before ?? Infinity, dueAt);
      return first === Infinity ? undefined : first;
    },
    forget(node) {
      reports.forget(node);
      probes.delete(node);
    },
    otherDigests: () => otherDigests().map(({ digest }) => digest),
  };
}

/** Longer than one beat takes to reach both monitors, and shorter than one interval. */
const laterMs = 0.6 * heartbeatIntervalMs;

/** How far back a report may reach: one interval, and the lateness of its caller. */
const reportedMs = 1.5 * heartbeatIntervalMs;

/** A node's own reports count after this many moments in which they can be compared with those of its peers. */
const minMoments = 3;

/** This quantile of the ratios at these moments counts. */
const selfQuantile = 0.4;

import Type, { type Static } from 'typebox';
import type { Clock } from '../time/clock.ts';
import { median } from '../quantile.ts';

const Count = Type.Integer({ minimum: 0 });

/**
 * What a caller saw of one node since the caller's last report. The evidence travels with the caller's heartbeat. Each
 * count says how many calls ended in this way. `partial`: the body of the reply was too slow. `refused`: no connection.
 * `resets`: the connection broke. `shed`: the node was overloaded. `invalid`: the reply was not valid.
 */
export const CallEvidence = Type.Object(
  {
    node: Type.String(),
    /** Nodes of one group do the same work: their latencies can be compared. */
    group: Type.String(),
    ok: Count,
    timeouts: Count,
    partial: Count,
    refused: Count,
    resets: Count,
    shed: Count,
    invalid: Count,
    lostVotes: Count,
    /** Calls that were given up because another node had answered already, or because the caller had left. */
    unanswered: Count,
    /** Pairs of signed answers that contradict each other. */
    proofs: Count,
    /** The caller's balancer avoided the node, because the node was too slow or silent. */
    ejected: Count,
    /** Median time until the answer, or until the caller stopped waiting, ms; absent if no time is known. */
    medianMs: Type.Optional(Type.Number({ minimum: 0 })),
    /** The time of the fastest answer, ms; absent if there was no answer. */
    fastestMs: Type.Optional(Type.Number({ minimum: 0 })),
  },
  { additionalProperties: false },
);
export type CallEvidence = Static<typeof CallEvidence>;

/** How a call ended, as evidence about the node that was called. */
export const evidenceKinds = [
  'ok',
  'timeouts',
  'partial',
  'refused',
  'resets',
  'shed',
  'invalid',
  'lostVotes',
  'unanswered',
  'proofs',
  'ejected',
] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

/** Latencies kept between two reports: enough for a median. */
const maxLatencies = 64;

export interface EvidenceBuffer {
  /**
   * One observation about a call to `node`. `latencyMs`: the time until the answer, or the time that the caller waited
   * for an answer in vain. A lost vote, an invalid reply and a reply whose body was too slow are noted in addition to
   * the end of the call.
   */
  note(node: string, group: string, kind: EvidenceKind, latencyMs?: number): void;
  /** Everything since the last take, per node; empty when nothing was called. */
  take(): CallEvidence[];
}

/**
 * Counts what this caller sees between two reports. `lostMs` (lag.ts) tells how long this process itself did not run.
 * If the process did not run for more than a tenth of the time, late answers prove nothing about other nodes. Then
 * nothing that depends on time is reported: no timeouts, slow bodies, unanswered calls, ejections or medians.
 */
export function createEvidenceBuffer(clock: Clock, lostMs: () => number = () => 0): EvidenceBuffer {
  type Counts = Record<EvidenceKind, number> & { group: string; latencies: number[]; fastestMs: number };
  let byNode = new Map<string, Counts>();
  let since = { at: clock.now(), lostMs: lostMs() };
  return {
    note(node, group, kind, latencyMs) {
      let counts = byNode.get(node);
      if (!counts) byNode.set(node, (counts = { ...noEvidence, group, latencies: [], fastestMs: Infinity }));
      counts[kind]++;
      if (latencyMs === undefined) return;
      // The group is taken from timed calls only, because an event names the component but not the shard.
      counts.group = group;
      if (kind === 'ok') counts.fastestMs = Math.min(counts.fastestMs, latencyMs);
      if (counts.latencies.length < maxLatencies) counts.latencies.push(latencyMs);
    },
    take() {
      const now = { at: clock.now(), lostMs: lostMs() };
      const inDoubt = now.lostMs - since.lostMs > maxLostShare * (now.at - since.at);
      since = now;
      if (byNode.size === 0) return [];
      const taken = [...byNode].map(([node, { latencies, fastestMs, ...counts }]) => ({
        node,
        ...counts,
        ...(inDoubt ? { timeouts: 0, partial: 0, unanswered: 0, ejected: 0 } : {}),
        ...(inDoubt || latencies.length === 0 ? {} : { medianMs: median(latencies) }),
        ...(fastestMs < Infinity && { fastestMs }),
      }));
      byNode = new Map();
      return taken;
    },
  };
}

/** No observation at all. */
export const noEvidence = Object.fromEntries(evidenceKinds.map((kind) => [kind, 0])) as Record<EvidenceKind, number>;
const maxLostShare = 0.1;

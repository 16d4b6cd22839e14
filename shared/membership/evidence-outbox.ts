import type { CallEvidence } from './call-evidence.ts';
import { compact, type WireReport } from './heartbeat-wire.ts';

/** The evidence of one beat, or the part of it that fits into a datagram. */
interface Waiting {
  readonly number: number;
  readonly at: number;
  readonly evidence: WireReport['evidence'];
  readonly bytes: number;
  /** Monitors that have not acknowledged this evidence. */
  readonly owed: Set<string>;
}

/** Evidence older than this, ms, is not sent again, because it no longer tells much. */
const maxAgeMs = 5_000;
/** The most reports that wait, for all monitors together. The oldest reports are dropped. */
const maxWaiting = 64;
/** What a report needs beside its evidence, bytes: its number and age. */
const reportBytes = 48;

export interface EvidenceOutbox {
  readonly add: (evidence: readonly CallEvidence[], now: number) => void;
  /**
   * All reports that `monitor` has not acknowledged, oldest first. List i has at most `limits[i]` bytes; the last limit
   * also holds for all further lists.
   */
  readonly batches: (monitor: string, now: number, limits: readonly number[]) => WireReport[][];
  readonly acknowledged: (monitor: string, numbers: readonly number[]) => void;
}

/**
 * Keeps a caller's evidence about other nodes until every monitor has it, so that a lost datagram loses no evidence.
 * Age and number of the reports are bounded.
 */
export function createEvidenceOutbox(monitors: readonly string[], maxReportBytes: number): EvidenceOutbox {
  const waiting = new Map<number, Waiting>();
  let last = 0;

  function put(evidence: WireReport['evidence'], bytes: number, now: number): void {
    if (evidence.length === 0) return;
    const number = ++last;
    waiting.set(number, { number, at: now, evidence, bytes: bytes + reportBytes, owed: new Set(monitors) });
  }

  function drop(now: number): void {
    for (const [number, { at }] of waiting) {
      if (now - at <= maxAgeMs && waiting.size <= maxWaiting) break;
      waiting.delete(number);
    }
  }

  return {
    add(evidence, now) {
      let [part, bytes]: [WireReport['evidence'], number] = [[], 0];
      for (const one of evidence) {
        const small = compact(one);
        const size = JSON.stringify(small).length + 1;
        if (bytes + size > maxReportBytes - reportBytes) {
          put(part, bytes, now);
          [part, bytes] = [[], 0];
        }
        part.push(small);
        bytes += size;
      }
      put(part, bytes, now);
      drop(now);
    },
    batches(monitor, now, limits) {
      drop(now);
      const batches: WireReport[][] = [[]];
      let room = limits[0]!;
      for (const { number, at, evidence, bytes, owed } of waiting.values()) {
        if (!owed.has(monitor)) continue;
        if (bytes > room) {
          room = limits[Math.min(batches.length, limits.length - 1)]!;
          batches.push([]);
        }
        room -= bytes;
        batches.at(-1)!.push({ number, agoMs: Math.round(now - at), evidence });
      }
      return batches;
    },
    acknowledged(monitor, numbers) {
      for (const number of numbers) {
        const { owed } = waiting.get(number) ?? {};
        owed?.delete(monitor);
        if (owed?.size === 0) waiting.delete(number);
      }
    },
  };
}

/**
 * The phi accrual failure detector (Hayashibara, Defago, Yared, Katayama: The phi Accrual Failure Detector, SRDS 2004).
 * Instead of "dead" or "alive", the detector says how surprising the silence is:
 *
 *     phi(t) = -log10 P(silence > t)        phi 1: wrong once in 10 times, 8: once in 100 million
 *
 * The paper assumes that the intervals are normally distributed. They are not if heartbeats are lost. If a share p of
 * the heartbeats is lost, k heartbeats in a row are missing with probability p^k. The tail of the normal distribution
 * is smaller than p^k (measured: 21 false alarms per node-hour at p = 0.2, phi 8). The sequence numbers tell how many
 * heartbeats were lost, so here
 *
 *     P(silence > t) = sum over k >= 1 of (1 - p) p^(k-1) Q((t - k mean) / deviation)
 *
 * which is the paper's detector where nothing is lost. The more datagrams are lost, the longer the detector waits.
 */
export interface PhiOptions {
  /** The assumed interval before the first intervals are known, ms. */
  readonly expectedIntervalMs: number;
  /** How many intervals are remembered. */
  readonly window?: number;
}

export interface Beat {
  readonly incarnation: number;
  readonly sequence: number;
}

export type Hearing =
  /** A sign of life. */
  | 'fresh'
  /** A sign of life of a process that was started anew. */
  | 'restarted'
  /** Late or repeated: no sign of life. */
  | 'stale';

export interface PhiDetector {
  /** Takes in a heartbeat at `now`; `lostMs` means the same as in `phi`. */
  hear(beat: Beat, now: number, lostMs?: number): Hearing;
  /**
   * Suspicion at `now`, >= 0; 0 before the first heartbeat. `lostMs`: the time so far in which the observer itself did
   * not run. The part of this time that falls into the silence does not count against the node.
   */
  phi(now: number, lostMs?: number): number;
  /** The time in ms since the last sign of life, without the lost time; undefined before the first sign of life. */
  silentMs(now: number, lostMs?: number): number | undefined;
  readonly incarnation: number | undefined;
  /**
   * The number of heartbeats that point to a second process of the same node. The incarnation of such a heartbeat
   * was replaced long ago, or a heartbeat with its sequence number had arrived before. (A heartbeat that is only late
   * arrives for the first time.) A stream of such heartbeats means that two processes have one identity.
   */
  readonly conflictingBeats: number;
}

/** A repeat of one of the newest sequence numbers is no conflict, because the network may duplicate a datagram. */
const repeated = 3;
/** How long datagrams of a replaced process may still arrive, ms. An observer that was paused reads them late. */
const legacyMs = 5_000;
/** How many skipped sequence numbers are remembered, because their heartbeats may still arrive. */
const maxMissing = 200;

export function createPhiDetector(options: PhiOptions): PhiDetector {
  const { expectedIntervalMs, window = 100 } = options;
  /** The least deviation: after perfectly regular heartbeats, a small delay must not raise phi. */
  const minDeviationMs = expectedIntervalMs / 5;
  let gaps: Gap[] = [];
  /** Computed once from the present gaps, because it is read several times between two heartbeats. */
  let known: Rhythm | undefined;
  let last: { beat: Beat; at: number; lostMs: number } | undefined;
  let conflictingBeats = 0;
  let bornAt = 0;
  const missing = new Set<number>();

  const silence = (now: number, lostMs: number) =>
    last ? Math.max(0, now - last.at - (lostMs - last.lostMs)) : undefined;

  return {
    hear(beat, now, lostMs = 0) {
      if (last && beat.incarnation < last.beat.incarnation) {
        if (now - bornAt > legacyMs) conflictingBeats++;
        return 'stale';
      }
      const same = last?.beat.incarnation === beat.incarnation;
      if (last && same && beat.sequence <= last.beat.sequence) {
        const late = missing.delete(beat.sequence);
        if (!late && beat.sequence < last.beat.sequence - repeated) conflictingBeats++;
        return 'stale';
      }
      // The gap of a restart says nothing about the rhythm of the new process.
      if (last && same) gaps.push({ ms: silence(now, lostMs)!, beats: beat.sequence - last.beat.sequence });
      else {
        gaps = [];
        missing.clear();
        bornAt = now;
      }
      const skipped = last && same ? Math.min(maxMissing, beat.sequence - last.beat.sequence - 1) : 0;
      for (let i = 1; i <= skipped; i++) missing.add(beat.sequence - i);
      for (const oldest of missing) {
        if (missing.size <= maxMissing) break;
        missing.delete(oldest);
      }
      if (gaps.length > window) gaps.shift();
      known = undefined;
      const restarted = last !== undefined && !same;
      last = { beat, at: now, lostMs };
      return restarted ? 'restarted' : 'fresh';
    },
    phi(now, lostMs = 0) {
      const silentMs = silence(now, lostMs);
      if (silentMs === undefined) return 0;
      const { meanMs, deviationMs, lossShare } = (known ??= rhythm(gaps, expectedIntervalMs));
      return phiOf(silentMs, { meanMs, lossShare, deviationMs: Math.max(deviationMs, minDeviationMs) });
    },
    silentMs: (now, lostMs = 0) => silence(now, lostMs),
    get incarnation() {
      return last?.beat.incarnation;
    },
    get conflictingBeats() {
      return conflictingBeats;
    },
  };
}

/** From one sign of life to the next: the time, and the number of beats that the node sent. */
interface Gap {
  readonly ms: number;
  readonly beats: number;
}

export interface Rhythm {
  readonly meanMs: number;
  readonly deviationMs: number;
  /** Share of heartbeats that never arrive, [0, 1). */
  readonly lossShare: number;
}

/**
 * At first, two intervals count as measured: one is a quarter shorter than the assumed interval, the other is a quarter
 * longer. With enough measured intervals, these two no longer count.
 */
const priorWeight = 2;
const priorFadesAfter = 20;

function rhythm(gaps: readonly Gap[], expectedMs: number): Rhythm {
  const prior = priorWeight * Math.max(0, 1 - gaps.length / priorFadesAfter);
  const n = gaps.length + prior;
  const meanMs = (gaps.reduce((sum, { ms, beats }) => sum + ms / beats, 0) + prior * expectedMs) / n;
  const squares = gaps.reduce((sum, { ms, beats }) => sum + (ms / beats - meanMs) ** 2, 0);
  const priorSquares = prior * ((expectedMs - meanMs) ** 2 + (expectedMs / 4) ** 2);
  const beats = gaps.reduce((sum, gap) => sum + gap.beats, 0);
  const lossShare = beats === 0 ? 0 : (beats - gaps.length) / beats;
  return { meanMs, deviationMs: Math.sqrt((squares + priorSquares) / n), lossShare };
}

/** Later terms of the sum are left out: by then the node is surely dead. */
const maxBeats = 200;

/**
 * -log10 P(silence > silentMs). The result is exact for very long silences, too, although the probability itself would
 * underflow to 0.
 */
export function phiOf(silentMs: number, { meanMs, deviationMs, lossShare: p }: Rhythm): number {
  const terms = p === 0 ? 1 : Math.min(maxBeats, Math.ceil(silentMs / meanMs) + 2);
  let largest = -Infinity;
  const logs: number[] = [];
  for (let k = 1; k <= terms; k++) {
    const missed = k === 1 ? 0 : (k - 1) * Math.log(p);
    const kept = k === terms ? 0 : Math.log(1 - p);
    const log = missed + kept + lnErfc((silentMs - k * meanMs) / (deviationMs * Math.SQRT2)) - Math.LN2;
    logs.push(log);
    largest = Math.max(largest, log);
  }
  const sum = logs.reduce((total, log) => total + Math.exp(log - largest), 0);
  return Math.max(0, -(largest + Math.log(sum)) / Math.LN10);
}

const erfcCoefficients = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];

/**
 * ln erfc(x), relative error of erfc below 1.2e-7: the Chebyshev fit of Numerical Recipes, section 6.2, kept as a
 * logarithm.
 */
function lnErfc(x: number): number {
  const z = Math.abs(x);
  const t = 1 / (1 + z / 2);
  const ln = Math.log(t) - z * z + erfcCoefficients.reduceRight((sum, c) => sum * t + c, 0);
  return x >= 0 ? ln : Math.log(2 - Math.exp(ln));
}

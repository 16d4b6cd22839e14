import type { Stage } from '../options/quantities.ts';

/**
 * A rate over time. A(t), the integral of the rate, is the number of events until t. Let u1 < u2 < ... be arrivals with
 * rate 1. Then A^-1(u1), A^-1(u2) ... are arrivals with this rate (time rescaling; Cinlar, Introduction to Stochastic
 * Processes, 1975). So the same inverse serves constant, Poisson and burst arrivals.
 */
export interface Profile {
  durationMs: number;
  /** The instant (ms) at which `count` events are due; Infinity when the profile never reaches that count. */
  instantOf(count: number): number;
}

interface Piece {
  startMs: number;
  durationMs: number;
  /** Events before this piece. */
  before: number;
  /** Events per ms at the start of the piece, and its change per ms. */
  rate: number;
  slope: number;
}

/** A profile of linear pieces. Each stage runs from the rate before to its own rate; a stage without duration jumps. */
export function stagesProfile(stages: readonly Stage[]): Profile {
  const pieces: Piece[] = [];
  let startMs = 0;
  let before = 0;
  let rate = 0;
  for (const stage of stages) {
    const end = stage.ratePerSecond / 1000;
    if (stage.durationMs > 0) {
      pieces.push({ startMs, durationMs: stage.durationMs, before, rate, slope: (end - rate) / stage.durationMs });
      before += ((rate + end) / 2) * stage.durationMs;
      startMs += stage.durationMs;
    }
    rate = end;
  }
  const total = before;
  let cursor = 0;
  return {
    durationMs: startMs,
    instantOf(count) {
      if (count > total) return Infinity;
      // Callers ask with rising counts, so remember the piece. Start over after a lower count.
      if ((pieces[cursor]?.before ?? 0) > count) cursor = 0;
      while (cursor + 1 < pieces.length && (pieces[cursor + 1]?.before ?? Infinity) <= count) cursor++;
      const piece = pieces[cursor];
      if (!piece) return Infinity;
      const need = count - piece.before;
      return piece.startMs + Math.min(solve(piece.rate, piece.slope, need), piece.durationMs);
    },
  };
}

/** The smallest x >= 0 with rate*x + slope*x^2/2 = need. This form avoids cancellation for small slopes. */
function solve(rate: number, slope: number, need: number): number {
  if (need <= 0) return 0;
  const discriminant = Math.max(rate * rate + 2 * slope * need, 0);
  return (2 * need) / (rate + Math.sqrt(discriminant));
}

export function constantStages(ratePerSecond: number, durationMs: number): Stage[] {
  return [
    { durationMs: 0, ratePerSecond },
    { durationMs, ratePerSecond },
  ];
}

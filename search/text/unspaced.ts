import { isInvisible } from './invisible.ts';

export interface UnspacedTerm {
  readonly term: string;
  readonly position: number;
  /** The place of the term in the raw run, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
}

export interface UnspacedTerms {
  readonly terms: readonly UnspacedTerm[];
  /** How many positions the run takes: one for each character. */
  readonly count: number;
}

/**
 * Reads a run of a script without spaces as characters and overlapping pairs. A pair has the position of its first
 * character. Pairs are nearly as good as words for retrieval and need no dictionary (Nie, Gao, Zhang & Zhou 2000).
 * Single characters make queries of one character possible.
 */
export function unspacedTerms(run: string): UnspacedTerms {
  const { normal, starts, ends } = normalised(run);
  const units = [...normal.matchAll(/\P{M}\p{M}*|^\p{M}+/gu)].map((unit) => {
    const last = unit.index + unit[0].length - 1;
    return { text: unit[0], start: starts?.[unit.index] ?? unit.index, end: ends?.[last] ?? last + 1 };
  });
  const terms = units.flatMap(({ text, start, end }, position) => {
    const single = { term: text, position, start, end };
    const next = units[position + 1];
    if (next === undefined) return [single];
    return [single, { term: text + next.text, position, start, end: next.end }];
  });
  return { terms, count: units.length };
}

interface Normalised {
  readonly normal: string;
  /**
   * For each code unit of `normal`: the start and the end of the piece of the run that it came from. Absent when
   * normalising changed nothing.
   */
  readonly starts?: readonly number[];
  readonly ends?: readonly number[];
}

/**
 * NFKC can change the length of a text (Thai ำ becomes two characters). So each piece that NFKC changes independently
 * keeps its place in the run.
 */
function normalised(run: string): Normalised {
  if (run.normalize('NFKC') === run && !invisible.test(run)) return { normal: run.toLowerCase() };
  let normal = '';
  const starts: number[] = [];
  const ends: number[] = [];
  for (const { start, end } of pieces(run)) {
    const text = run.slice(start, end).replaceAll(allInvisible, '').normalize('NFKC').toLowerCase();
    normal += text;
    for (let i = 0; i < text.length; i++) {
      starts.push(start);
      ends.push(end);
    }
  }
  return { normal, starts, ends };
}

/** Cuts the run where NFKC composes nothing. Normalising the pieces gives the same text as normalising the run. */
function pieces(run: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  let before = '';
  for (const { 0: text, index } of run.matchAll(piece)) {
    const last = found.at(-1);
    const together = (before + text).replaceAll(allInvisible, '').normalize('NFKC');
    const apart =
      before.replaceAll(allInvisible, '').normalize('NFKC') + text.replaceAll(allInvisible, '').normalize('NFKC');
    // NFKC composes a few characters at most. Trying longer chains would take quadratic time.
    if (last !== undefined && together !== apart && before.length < longestPiece) {
      last.end = index + text.length;
      before += text;
    } else {
      found.push({ start: index, end: index + text.length });
      before = text;
    }
  }
  return found;
}
const longestPiece = 64;
const piece = new RegExp(String.raw`[^](?:\p{M}|${isInvisible})*`, 'gu');
const invisible = new RegExp(isInvisible, 'u');
const allInvisible = new RegExp(isInvisible, 'gu');

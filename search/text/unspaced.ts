import { isInvisible } from './invisible.ts';

export interface UnspacedTerm {
  readonly term: string;
  readonly position: number;
  /** Where it stands in the raw run, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
}

export interface UnspacedTerms {
  readonly terms: readonly UnspacedTerm[];
  /** How many positions the run takes: its characters. */
  readonly count: number;
}

/**
 * A run of a script without spaces as characters and overlapping pairs, both at the character's position: pairs are
 * nearly as good as words for retrieval and need no dictionary (Nie, Gao, Zhang & Zhou 2000), characters let a query of
 * one find something.
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
   * By code unit of `normal`: where the piece of the run begins and ends that it was made from. Absent where nothing
   * changed.
   */
  readonly starts?: readonly number[];
  readonly ends?: readonly number[];
}

/**
 * NFKC can change how long a text is (Thai ำ becomes two), so every piece that it changes by itself keeps its place in
 * the run.
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

/** The run cut where NFKC puts nothing together: normalised apart, the pieces give what the whole run would. */
function pieces(run: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  let before = '';
  for (const { 0: text, index } of run.matchAll(piece)) {
    const last = found.at(-1);
    const together = (before + text).replaceAll(allInvisible, '').normalize('NFKC');
    const apart =
      before.replaceAll(allInvisible, '').normalize('NFKC') + text.replaceAll(allInvisible, '').normalize('NFKC');
    // At most a few characters are put together; a longer chain would cost the square of its length.
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

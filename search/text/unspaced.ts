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
 * NFKC can change the length of a text (Thai ำ becomes two characters). So the run is cut into pieces, NFKC is applied
 * to each piece alone, and each piece keeps its place in the run.
 */
function normalised(run: string): Normalised {
  if (run.normalize('NFKC') === run && !invisible.test(run) && !laterTone.test(run))
    return { normal: run.toLowerCase() };
  let normal = '';
  const starts: number[] = [];
  const ends: number[] = [];
  for (const { start, end } of pieces(run)) {
    const text = normalPiece(run.slice(start, end));
    normal += text;
    for (let i = 0; i < text.length; i++) {
      starts.push(start);
      ends.push(end);
    }
  }
  return { normal, starts, ends };
}

/**
 * A cache, because a long run repeats few pieces. It is emptied when it is full. Pieces longer than `maxMemoised` are
 * not kept: for each of them, V8 would keep the whole text of its page in memory.
 */
const memo = new Map<string, string>();
const memoSize = 20_000;
const maxMemoised = 12;

function normalPiece(text: string): string {
  let normal = memo.get(text);
  if (normal !== undefined) return normal;
  normal = text
    .replaceAll(allInvisible, '')
    .normalize('NFKC')
    .replaceAll(notInWords, '')
    .replaceAll(allLaterTones, '$2$1')
    .toLowerCase();
  if (text.length > maxMemoised) return normal;
  if (memo.size >= memoSize) memo.clear();
  memo.set(text, normal);
  return normal;
}

/** Cuts the run where NFKC composes nothing. Normalising the pieces gives the same text as normalising the run. */
function pieces(run: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (const { 0: text, index } of run.matchAll(piece)) {
    const last = found.at(-1);
    const end = index + text.length;
    // NFKC composes a few characters at most. Longer chains would take quadratic time.
    if (last !== undefined && joinsBefore.test(text) && end - last.start <= longestPiece) last.end = end;
    else found.push({ start: index, end });
  }
  return found;
}
const longestPiece = 64;
const piece = /[^][\p{M}\p{Default_Ignorable_Code_Point}]*/gu;
/** Hangul vowels and finals, and half-width voicing marks: NFKC may compose them with the character before. */
const joinsBefore = new RegExp(
  '^[\\u1161-\\u1175\\u11A8-\\u11C2\\u3133\\u3135\\u3136\\u313A-\\u313F\\u314F-\\u3163' +
    '\\uFF9E\\uFF9F\\uFFA3\\uFFA5\\uFFA6\\uFFAA-\\uFFAF\\uFFC2-\\uFFC7\\uFFCA-\\uFFCF\\uFFD2-\\uFFD7\\uFFDA-\\uFFDC]',
);
const invisible = /\p{Default_Ignorable_Code_Point}/u;
const allInvisible = /\p{Default_Ignorable_Code_Point}/gu;
/** NFKC writes some characters with brackets: ㈱ is (株). */
const notInWords = /[^\p{L}\p{N}\p{M}]/gu;
/** Thai and Lao sara am in two characters, with a tone mark after the first: some programs write this, NFKC never. */
const laterTone = /([\u0E4D\u0ECD])([\u0E48-\u0E4B\u0EC8-\u0ECB])/u;
const allLaterTones = new RegExp(laterTone, 'gu');

import { visitTerms } from '../query/analysis.ts';

/** UTF-16 code units, ellipses included. */
export const maxPassageLength = 240;
/** How much text a passage shows before its first match, where there is that much. */
const leadLength = 40;
/** Longer bodies are looked through up to here: reading costs about 0.1 us a character, and a result is one of many. */
const maxReadLength = 20_000;
const ellipsis = '…';

interface Match {
  readonly start: number;
  readonly end: number;
  readonly term: string;
}

/**
 * The part of `body` that fits the query best: the one with the most of `weights` (term -> how telling it is), each term counted once; the
 * first of equals. At most 240 characters, cut between words or at least between graphemes.
 */
export function passageOf(body: string, weights: ReadonlyMap<string, number>): string {
  const text = body.replaceAll(/\s+/g, ' ').trim();
  if (text.length <= maxPassageLength) return text;
  const start = startOfPassage(text, bestStart(findMatches(text, weights), weights));
  return cut(text, start);
}

function findMatches(text: string, weights: ReadonlyMap<string, number>): Match[] {
  const matches: Match[] = [];
  visitTerms(text.slice(0, maxReadLength), (term, _position, start, end) => {
    if (weights.has(term)) matches.push({ term, start, end });
  });
  return matches;
}

/** Where the match stands that begins the best stretch of text; 0 where nothing matches. */
function bestStart(matches: readonly Match[], weights: ReadonlyMap<string, number>): number {
  const reach = maxPassageLength - leadLength;
  const inside = new Map<string, number>();
  let best = { weight: 0, start: 0 };
  let weight = 0;
  let last = 0;
  for (const [begin, first] of matches.entries()) {
    // The first match belongs to it, however long it is.
    for (; last < matches.length && (last === begin || matches[last]!.end <= first.start + reach); last++) {
      const { term } = matches[last]!;
      const before = inside.get(term) ?? 0;
      if (before === 0) weight += weights.get(term)!;
      inside.set(term, before + 1);
    }
    // Sums that go up and down do not come back to the same bits: equals must stay equals.
    if (weight > best.weight * (1 + 1e-9)) best = { weight, start: first.start };
    const left = inside.get(first.term)! - 1;
    inside.set(first.term, left);
    if (left === 0) weight -= weights.get(first.term)!;
  }
  return best.start;
}

/** A little before the match: at a sentence's begin, else at a word's. */
function startOfPassage(text: string, match: number): number {
  // Near the end, show the end in full instead of less.
  const wanted = Math.min(match - leadLength, text.length - maxPassageLength + ellipsis.length + 1);
  if (wanted <= 0) return 0;
  const before = text.slice(wanted, match);
  const sentence = before.search(/(?<=[.!?;] )\S/u);
  if (sentence !== -1) return wanted + sentence;
  const word = before.indexOf(' ');
  return word === -1 ? graphemeAt(text, wanted) : wanted + word + 1;
}

function cut(text: string, start: number): string {
  const lead = start === 0 ? '' : `${ellipsis} `;
  const room = maxPassageLength - lead.length;
  if (text.length - start <= room) return lead + text.slice(start);
  const end = start + room - ellipsis.length - 1;
  const space = text.lastIndexOf(' ', end);
  // Scripts without spaces, and very long words, are cut where a reader sees one character end.
  const at = space > start + room / 2 ? space : graphemeAt(text, end);
  return `${lead}${text.slice(start, at).trimEnd()} ${ellipsis}`;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** Longer than any grapheme that is not made to annoy. */
const longestGrapheme = 64;

/** The last grapheme boundary at or before `at`. */
function graphemeAt(text: string, at: number): number {
  const from = Math.max(0, at - longestGrapheme);
  return from + graphemes.segment(text.slice(from)).containing(at - from)!.index;
}

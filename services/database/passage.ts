import { cutText } from '../../shared/cut-text.ts';
import { isSpace } from '../../search/text/invisible.ts';

/** UTF-16 code units, ellipses included. */
export const maxPassageLength = 240;
/** How much text a passage shows before its first match, where there is that much. */
const leadLength = 40;
/** So much of it is left for what begins with the match. */
export const passageReach = maxPassageLength - leadLength;
const ellipsis = '…';

/** A body that is a passage as it is needs no search for one: it is brought into its form once. */
export function isOwnPassage(body: string): boolean {
  return body.length <= maxPassageLength;
}

/**
 * At most 240 characters of `body` around the match that begins at `at`: a little of what stands before it, from a
 * sentence's or a word's begin, and what follows. Cut between words, or at least between graphemes; white space is
 * shown as one space.
 */
export function passageAt(body: string, at: number): string {
  if (isOwnPassage(body)) return collapse(body).trim();
  // Near the end the passage begins sooner, so that it is not shorter than it must be.
  const from = Math.max(0, Math.min(at - leadLength, body.length - maxPassageLength));
  const start = from === 0 ? 0 : startOfPassage(body, from, Math.max(at, from));
  const text = collapse(cutText(body.slice(start, start + 2 * maxPassageLength + 1), 2 * maxPassageLength)).trim();
  const lead = start === 0 ? '' : `${ellipsis} `;
  const complete = start + 2 * maxPassageLength >= body.length;
  if (complete && lead.length + text.length <= maxPassageLength) return lead + text;
  const end = Math.min(text.length, maxPassageLength - lead.length - ellipsis.length - 1);
  return `${lead}${text.slice(0, endOfPassage(text, end)).trimEnd()} ${ellipsis}`;
}

/** The first begin of a sentence in [from, at], else of a word. */
function startOfPassage(body: string, from: number, at: number): number {
  const before = body.slice(from, at + 1);
  const sentence = before.search(/(?<=[.!?;。！？]\s*)(?<=[\s。！？])\S/u);
  if (sentence !== -1) return from + sentence;
  const word = before.search(/(?<=\s)\S/u);
  return word === -1 ? graphemeAt(body, from) : from + word;
}

/** At most `end`. Scripts without spaces, and very long words, are cut where a reader sees one character end. */
function endOfPassage(text: string, end: number): number {
  if (end === text.length || text[end] === ' ') return end;
  const space = text.lastIndexOf(' ', end);
  return space > end / 2 ? space : graphemeAt(text, end);
}

/** Made when it is needed first: it takes 16 ms of processor time, which a starting process has not. */
let graphemes: Intl.Segmenter | undefined;
/** Longer than any grapheme that is not made to annoy. */
const longestGrapheme = 64;

/** The last boundary between graphemes at or before `at`. */
function graphemeAt(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const from = Math.max(0, at - longestGrapheme);
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  const segment = graphemes.segment(text.slice(from, at + longestGrapheme)).containing(at - from);
  return from + (segment?.index ?? at - from);
}

const spaces = new RegExp(`${isSpace}+`, 'gu');
function collapse(text: string): string {
  return text.replaceAll(spaces, ' ');
}

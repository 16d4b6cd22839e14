import { cutText } from '../../shared/cut-text.ts';
import type { Found, Hit } from './index/inverted-index.ts';
import { finish } from '../../shared/time/work.ts';
import { isSpace } from '../../search/text/invisible.ts';

/** The greatest length of a passage in UTF-16 code units, with its ellipses. */
export const maxPassageLength = 240;
/** How much text a passage shows before its first match. */
const leadLength = 40;
/** How much text a passage shows from its first match on. */
export const passageReach = maxPassageLength - leadLength;
const ellipsis = '…';

/** The part of the body of a hit that fits the query best. */
export function passageOf(found: Pick<Found, 'placeInBody'>, hit: Hit, body: string): string {
  return passageAt(body, isOwnPassage(body) ? 0 : finish(found.placeInBody(hit, body, passageReach)));
}

/** True for a body that is short enough to be its own passage. */
export function isOwnPassage(body: string): boolean {
  return body.length <= maxPassageLength;
}

/**
 * At most 240 characters of `body` around the match at `at`. The passage starts a little before the match, at the start
 * of a sentence or of a word. It is cut between words, or else between graphemes. White space becomes one space.
 */
export function passageAt(body: string, at: number): string {
  if (isOwnPassage(body)) return collapse(body).trim();
  // Near the end of the body the passage starts earlier, so that it has its full length.
  const from = Math.max(0, Math.min(at - leadLength, body.length - maxPassageLength));
  const start = from === 0 ? 0 : startOfPassage(body, from, Math.max(at, from));
  const text = collapse(cutText(body.slice(start, start + 2 * maxPassageLength + 1), 2 * maxPassageLength)).trim();
  const lead = start === 0 ? '' : `${ellipsis} `;
  const complete = start + 2 * maxPassageLength >= body.length;
  if (complete && lead.length + text.length <= maxPassageLength) return lead + text;
  const end = Math.min(text.length, maxPassageLength - lead.length - ellipsis.length - 1);
  return `${lead}${text.slice(0, endOfPassage(text, end)).trimEnd()} ${ellipsis}`;
}

/** The first start of a sentence in [from, at], or else the first start of a word. */
function startOfPassage(body: string, from: number, at: number): number {
  const before = body.slice(from, at + 1);
  const sentence = before.search(/(?<=[.!?;。！？]\s*)(?<=[\s。！？])\S/u);
  if (sentence !== -1) return from + sentence;
  const word = before.search(/(?<=\s)\S/u);
  return word === -1 ? graphemeAt(body, from) : from + word;
}

/**
 * The end of the last whole word, at most `end`. Scripts without spaces and very long words are cut between graphemes.
 */
function endOfPassage(text: string, end: number): number {
  if (end === text.length || text[end] === ' ') return end;
  const space = text.lastIndexOf(' ', end);
  return space > end / 2 ? space : graphemeAt(text, end);
}

/** Created at its first use, because creating it takes 16 ms and would delay the start of the process. */
let graphemes: Intl.Segmenter | undefined;
/** Longer than any grapheme except those written to cause trouble. */
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

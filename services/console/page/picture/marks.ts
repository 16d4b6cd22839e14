import type { Badge } from './badges.ts';

/** A badge on the lower edge of a node, below the text, so that neither covers the other. */
export interface Mark extends Badge {
  readonly left: number;
  readonly width: number;
}

export const markHeight = 13;
const letterWidth = 5.6;
const padding = 10;
const gap = 3;

const widthOf = (word: string): number => word.length * letterWidth + padding;

/**
 * Pure: the badges that fit side by side into `room`, and a last one such as `+2` for those that do not fit. The last
 * one is at the right edge.
 */
export function marksOf(badges: readonly Badge[], room: number): readonly Mark[] {
  const isFitting = (words: readonly string[]): boolean =>
    words.reduce((sum, word) => sum + widthOf(word) + gap, -gap) <= room;
  let shown = badges;
  const rest = (): readonly Badge[] =>
    shown.length < badges.length ? [{ word: `+${badges.length - shown.length}`, tone: 'quiet' }] : [];
  while (shown.length > 1 && !isFitting([...shown, ...rest()].map(({ word }) => word))) shown = shown.slice(0, -1);
  const all = [
    ...shown.map((badge) => shortened(badge, room - (rest().length > 0 ? widthOf('+1') + gap : 0))),
    ...rest(),
  ];
  let right = room;
  return all
    .toReversed()
    .map((badge) => {
      const width = widthOf(badge.word);
      const left = right - width;
      right = left - gap;
      return { ...badge, left, width };
    })
    .toReversed();
}

/** `limp.latency` -> `latency` where the whole word does not fit. */
function shortened(badge: Badge, room: number): Badge {
  const most = Math.max(4, Math.floor((room - padding) / letterWidth));
  if (badge.word.length <= most) return badge;
  const short = badge.word.split('.').at(-1)!;
  return { ...badge, word: short.length <= most ? short : `${short.slice(0, most - 1)}…` };
}

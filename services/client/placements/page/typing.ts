import { isCharacter, type Key } from '../keys.ts';

/** The keys that turn `before` into `after` on a line whose cursor is at its end. */
export function keysBetween(before: string, after: string): readonly Key[] {
  const [from, to] = [[...before], [...after]];
  let same = 0;
  while (same < from.length && same < to.length && from[same] === to[same]) same++;
  return [...from.slice(same).map(() => 'Backspace'), ...to.slice(same).filter(isCharacter)];
}

import type { Trie } from './trie.ts';

export interface Neighbour {
  /** Number of the word. */
  readonly word: number;
  readonly distance: number;
}

/** How many nodes of the trie one search may look at: about 50 ns each, so 1 ms. */
const maxVisits = 20_000;

/**
 * The words within `maxDistance` of `typed`: letters added, dropped, changed, or two neighbours swapped (Damerau 1964,
 * each stretch edited once). Walks the trie and keeps one row of the edit table per depth, so words that begin alike
 * share the work, and a beginning that is already too far off is left with all its words. Where time runs out, what was
 * found so far is what there is.
 */
export function neighbours(trie: Trie, typed: string, maxDistance: number): Neighbour[] {
  const width = typed.length + 1;
  const letters = Uint16Array.from({ length: typed.length }, (_, i) => typed.charCodeAt(i));
  const maxDepth = typed.length + maxDistance;
  const rows = new Uint8Array((maxDepth + 1) * width);
  for (let column = 0; column < width; column++) rows[column] = column;
  const found: Neighbour[] = [];
  const at = new Uint32Array(maxDepth + 2);
  let visits = 0;

  // Depth first without recursion: at[depth] = the node whose letter is the depth-th.
  let depth = 1;
  at[1] = trie.firstChild[0]!;
  while (depth > 0) {
    const node = at[depth]!;
    if (node === 0 || ++visits > maxVisits) {
      depth--;
      if (visits > maxVisits) break;
      if (depth > 0) at[depth] = trie.nextSibling[at[depth]!]!;
      continue;
    }
    const least = fillRow(depth, trie.letter[node]!, depth > 1 ? trie.letter[at[depth - 1]!]! : -1);
    const distance = rows[depth * width + width - 1]!;
    if (trie.word[node] !== -1 && distance <= maxDistance) found.push({ word: trie.word[node]!, distance });
    if (least <= maxDistance && depth < maxDepth && trie.firstChild[node] !== 0) at[++depth] = trie.firstChild[node]!;
    else at[depth] = trie.nextSibling[node]!;
  }
  return found;

  /**
   * The row for the beginning that ends with `letter`; returns its least number. Only the diagonal band can stay small
   * enough.
   */
  function fillRow(depth: number, letter: number, letterBefore: number): number {
    const row = depth * width;
    const above = row - width;
    const first = Math.max(1, depth - maxDistance);
    const last = Math.min(width - 1, depth + maxDistance);
    const tooFar = maxDistance + 1;
    rows[row + first - 1] = first === 1 ? depth : tooFar;
    let least = rows[row + first - 1]!;
    for (let column = first; column <= last; column++) {
      const same = letters[column - 1] === letter;
      let best = rows[above + column - 1]! + (same ? 0 : 1);
      best = Math.min(best, rows[row + column - 1]! + 1);
      // Right of the band above nothing was ever filled in.
      if (column < depth + maxDistance) best = Math.min(best, rows[above + column]! + 1);
      if (column > 1 && letters[column - 2] === letter && letters[column - 1] === letterBefore) {
        best = Math.min(best, rows[above - width + column - 2]! + 1);
      }
      rows[row + column] = best;
      if (best < least) least = best;
    }
    if (last < width - 1) rows[row + width - 1] = tooFar;
    return least;
  }
}
